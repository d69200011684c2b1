package extract

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// A pulled file is JSON Lines. Its first line says what it is; then comes one order
// a line, as Shopify said it: the node of the GraphQL API, with the parts of it that
// were asked for by themselves put where they belong.

// pulledHead is how such a file begins. encoding/json writes it so.
const pulledHead = `{"wasl":"orders"`

// pulledVersion is the newest version of the layout that is known here.
const pulledVersion = 1

// longestOrder is the most bytes of one order; one with 500 lines has some 800 KB.
const longestOrder = 32 << 20

// headLine is the first line of a pulled file.
type headLine struct {
	Wasl    string `json:"wasl"`
	Version int    `json:"version"`
	Orders  *int   `json:"orders"` // how many there are; nil: not told
}

// isPulled tells whether a file was pulled, by its first bytes.
func (f *file) isPulled() (bool, error) {
	head, err := f.bytes(0, len(pulledHead))
	return err == nil && string(head) == pulledHead, err
}

// pulled reads the orders of a pulled file.
func (f *file) pulled(emit func(pipeline.Row) bool) error {
	out := f.rowsOut("", emit)
	if err := out.missing(); err != nil {
		return err
	}
	in := bufio.NewReaderSize(io.NewSectionReader(f.in, 0, f.drop.Size), 64<<10)
	var head headLine
	if text, err := readOrder(in); err != nil || json.Unmarshal(text, &head) != nil {
		return f.broken(1, err)
	}
	if head.Version > pulledVersion {
		return f.hold("pulled.version", nil, "version", strconv.Itoa(head.Version), "known", strconv.Itoa(pulledVersion))
	}
	count := 0
	for line := 2; ; line++ {
		text, err := readOrder(in)
		if errors.Is(err, io.EOF) && len(text) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return f.broken(line, err)
		}
		if line%64 == 0 && f.ctx.Err() != nil {
			return f.ctx.Err()
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		rows, err := flatten(text)
		if err != nil {
			return f.broken(line, nil)
		}
		name := strings.Clone(rows[0][orderColumn["Name"]])
		if err := out.order(rows, f.seen.begun[name]); err != nil {
			return err
		}
		f.seen.begun[name] = true
		count++
	}
	if head.Orders != nil && *head.Orders != count {
		return f.hold("pulled.cut", nil, "have", strconv.Itoa(count), "want", strconv.Itoa(*head.Orders))
	}
	if count == 0 {
		return f.refuse("file.empty", nil)
	}
	return nil
}

// broken is the error of a line that holds no order; err where it could not even
// be read.
func (f *file) broken(line int, err error) error {
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errLongOrder) {
		return err
	}
	return f.hold("pulled.broken", &place{row: line}, "line", strconv.Itoa(line))
}

var errLongOrder = errors.New("an order that is too long")

// readOrder reads a line. The last one may have no end, and comes with io.EOF.
func readOrder(in *bufio.Reader) ([]byte, error) {
	var text []byte
	for {
		part, err := in.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case len(text) > longestOrder:
			return nil, errLongOrder
		case err == nil || !errors.Is(err, bufio.ErrBufferFull):
			return text, err
		}
	}
}
