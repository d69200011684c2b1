package etatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// reply is an answer before it is spoilt or sent.
type reply struct {
	status int
	header http.Header
	body   []byte
}

const (
	typeJSON = "application/json; charset=utf-8"
	typeHTML = "text/html; charset=utf-8"
)

// timeFormat is the only form of a time that the authority takes and gives.
const timeFormat = "2006-01-02T15:04:05Z"

func jsonReply(status int, value any) reply {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic(err) // our own maps and structs
	}
	return reply{status: status, header: http.Header{"Content-Type": {typeJSON}}, body: body.Bytes()}
}

func htmlReply(status int, title string) reply {
	body := fmt.Sprintf("<html>\r\n<head><title>%s</title></head>\r\n<body><center><h1>%s</h1></center></body>\r\n</html>\r\n",
		title, title)
	return reply{status: status, header: http.Header{"Content-Type": {typeHTML}}, body: []byte(body)}
}

// standardError is the authority's usual error body.
type standardError struct {
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Target  string        `json:"target"`
	Details []errorDetail `json:"details"`
}

type errorDetail struct {
	Code         string `json:"code"`
	Message      string `json:"message"`
	Target       string `json:"target"`
	PropertyPath string `json:"propertyPath"`
}

func details(found []Finding) []errorDetail {
	list := []errorDetail{}
	for _, f := range found {
		list = append(list, errorDetail{f.Code, f.Message, f.Path, f.Path})
	}
	return list
}

func errorReply(status int, code, message, target string, found ...Finding) reply {
	return jsonReply(status, map[string]any{"error": standardError{code, message, target, details(found)}})
}

func notFound(target, message string) reply {
	return errorReply(http.StatusNotFound, "NotFound", message, target)
}

// flatError is the body of 429 and 503.
func flatError(status int, name, message string) reply {
	return jsonReply(status, map[string]any{"error": name, "message": message, "code": status})
}

// tokenError is the body of the identity's errors.
func tokenError(code, description string) reply {
	return jsonReply(http.StatusBadRequest, map[string]any{"error": code, "error_description": description})
}

func tooMany(wait time.Duration) reply {
	answer := flatError(http.StatusTooManyRequests, "Too many requests", "Rate limit exceeded")
	answer.header.Set("Retry-After", seconds(wait))
	answer.header.Set("X-Rate-Limit-Remaining", "0")
	return answer
}

// seconds is a duration for Retry-After: whole seconds, rounded up.
func seconds(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

// send writes an answer, spoilt as the fault asks for.
func (s *Server) send(w http.ResponseWriter, c *call, answer reply) {
	switch c.fault.Answer {
	case Garbage:
		answer.body = []byte("\x1f{\"submissionId\":,\"acc")
	case Empty:
		answer = reply{status: http.StatusOK}
	case HTML:
		answer = htmlReply(http.StatusOK, "Sign in to the network")
	}
	s.mu.Lock()
	c.entry.Status = answer.status
	s.mu.Unlock()

	header := w.Header()
	for name, values := range answer.header {
		header[name] = values
	}
	header.Set("Date", s.now().Format(http.TimeFormat))
	header.Set("correlationId", newID())
	header.Set("Content-Length", strconv.Itoa(len(answer.body)))
	w.WriteHeader(answer.status)
	if c.fault.Answer == Half {
		// The rest that was announced never comes: net/http closes the connection.
		answer.body = answer.body[:len(answer.body)/2]
	}
	_, _ = w.Write(answer.body) // a client that is gone is one of the cases that tests make
}

// cut ends the connection with a reset, without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the client would see an orderly end
	}
	_ = conn.Close()
}
