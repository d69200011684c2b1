package admin

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

const (
	maxLine = 16 << 20       // bytes of one line of a result
	maxFile = int64(4 << 30) // bytes of a whole result; 100,000 products have some 100 MB
)

// errGivenUp ends the trying; what was wrong the last time is the error.
var errGivenUp = errors.New("given up")

// lines reads a file of lines from its address and gives each to each, once. A
// download that is cut goes on behind the last whole line; again tells whether
// to try once more, after so many tries that brought nothing, and with the pause
// that was asked for. size is what the file has at least; 0 where it is not known.
func (d *Door) lines(ctx context.Context, address string, size int64, each func([]byte) error, again func(tries int, pause time.Duration) error) error {
	f := &file{door: d, address: address, size: size, each: each}
	for tries := 1; ; tries++ {
		before := f.offset
		err := f.fetch(ctx)
		if f.offset > before {
			tries = 1
		}
		later, ok := errors.AsType[*pipeline.Later](err)
		if !ok || f.refused {
			return err
		}
		if stop := again(tries, later.After); stop == errGivenUp {
			return err
		} else if stop != nil {
			return stop
		}
	}
}

// file is one that is being read.
type file struct {
	door    *Door
	address string
	size    int64
	each    func([]byte) error
	offset  int64 // behind the last line that was given on
	refused bool  // by each
}

// fetch reads on from the offset to the end.
func (f *file) fetch(ctx context.Context) error {
	host := hostOf(f.address)
	header := http.Header{}
	if f.offset > 0 {
		header.Set("Range", "bytes="+strconv.FormatInt(f.offset, 10)+"-")
	}
	resp, err := f.door.files.open(ctx, http.MethodGet, f.address, header, nil, 0)
	if err != nil {
		f.door.note(ctx, "GET "+host+" result", Answer{}, err)
		return err
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	a := Answer{Status: resp.StatusCode, Header: resp.Header, At: f.door.now()}
	in := bufio.NewReaderSize(resp.Body, 64<<10)
	switch {
	case a.Status == http.StatusRequestedRangeNotSatisfiable && f.offset > 0 && f.offset >= f.size:
		return nil // the file ended with the last line
	case a.Status == http.StatusPartialContent && f.offset > 0 && strings.HasPrefix(resp.Header.Get("Content-Range"), "bytes "+strconv.FormatInt(f.offset, 10)+"-"):
	case a.Status == http.StatusOK: // whole, even where less was asked for
		if _, err := io.CopyN(io.Discard, in, f.offset); err != nil {
			return lostFile(ctx, host, err)
		}
	default:
		a.Body, _ = io.ReadAll(io.LimitReader(in, maxSaid)) // words for people; none do as well
		f.door.note(ctx, "GET "+host+" result", a, nil)
		return fileError(host, a)
	}
	f.door.note(ctx, "GET "+host+" result", a, nil)
	if err := f.read(ctx, host, in); err != nil {
		return err
	}
	if f.offset < f.size {
		return lostFile(ctx, host, io.ErrUnexpectedEOF)
	}
	return nil
}

// read gives on whole lines until the file ends.
func (f *file) read(ctx context.Context, host string, in *bufio.Reader) error {
	for {
		line, err := readLine(in)
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			if errors.Is(err, errLong) {
				return err
			}
			return lostFile(ctx, host, err)
		}
		text := bytes.TrimSpace(line)
		if err == io.EOF && !json.Valid(text) {
			return lostFile(ctx, host, io.ErrUnexpectedEOF)
		}
		if len(text) > 0 {
			if err := f.each(text); err != nil {
				f.refused = true
				return err
			}
		}
		if f.offset += int64(len(line)); f.offset > maxFile {
			return fmt.Errorf("shopify: a result has more than %d bytes", maxFile)
		}
	}
}

var errLong = fmt.Errorf("shopify: a result has a line of more than %d bytes", maxLine)

// readLine reads a line with its end. The last line may have none, and comes with
// io.EOF.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, errLong
		case err != bufio.ErrBufferFull:
			return line, err
		}
	}
}
