package shopifytest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"time"
)

// write sends an answer, spoiled as the fault says.
func (s *Server) write(w http.ResponseWriter, answer reply, f Fault) {
	body := answer.body
	switch f.Kind {
	case FaultHalf:
		s.writeHalf(w, answer)
		return
	case FaultTruncated:
		body = body[:len(body)/2]
	case FaultEmpty:
		body = nil
	case FaultGzip:
		body = zipped(body)
		answer.header.Set("Content-Encoding", "gzip")
	case FaultContentType:
		answer.header.Set("Content-Type", "text/html; charset=utf-8")
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.status)
	if f.Kind == FaultSlow {
		s.writeSlowly(w, body, f.Delay)
		return
	}
	_, _ = w.Write(body) // the client may be gone: its affair
}

func zipped(body []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(body) // memory does not fail
	_ = z.Close()
	return buf.Bytes()
}

// writeSlowly sends the body in ten drops.
func (s *Server) writeSlowly(w http.ResponseWriter, body []byte, d time.Duration) {
	const drops = 10
	for i := range drops {
		s.wait(d / drops)
		_, err := w.Write(body[len(body)*i/drops : len(body)*(i+1)/drops])
		if err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
	}
}

// writeHalf promises the whole body and ends the connection in the middle of it.
func (s *Server) writeHalf(w http.ResponseWriter, answer reply) {
	conn := hijack(w)
	if conn == nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\n", answer.status, http.StatusText(answer.status))
	answer.header.Set("Content-Length", fmt.Sprint(len(answer.body)))
	_ = answer.header.Write(conn)
	_, _ = conn.Write([]byte("\r\n"))
	_, _ = conn.Write(answer.body[:len(answer.body)/2])
}

// cutConnection resets the connection without a byte.
func cutConnection(w http.ResponseWriter) {
	conn := hijack(w)
	if conn == nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // reset in place of an orderly end
	}
	_ = conn.Close()
}

func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil // the client is gone already
	}
	return conn
}
