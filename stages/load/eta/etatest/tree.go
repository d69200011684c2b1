package etatest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/quagmt/udecimal"
)

// node is a JSON value as it was received: members in their order, numbers as the literals that were written.
type node struct {
	kind    kind
	text    string // a string, decoded; a number or boolean, its literal
	members []member
	items   []*node
	raw     []byte // objects only: the bytes received
}

type member struct {
	name  string
	value *node
}

type kind string

const (
	isText   kind = "text"
	isNumber kind = "number"
	isObject kind = "object"
	isList   kind = "list"
	isBool   kind = "boolean"
	isNull   kind = "null"
)

// parseTree reads one JSON value. A byte-order mark is let pass, a member given twice is not.
func parseTree(body []byte) (*node, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	if !json.Valid(body) {
		return nil, errors.New("not JSON")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	return readNode(dec, body)
}

func readNode(dec *json.Decoder, body []byte) (*node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case string:
		return &node{kind: isText, text: t}, nil
	case json.Number:
		return &node{kind: isNumber, text: t.String()}, nil
	case bool:
		return &node{kind: isBool, text: fmt.Sprint(t)}, nil
	case json.Delim:
		if t == '[' {
			return readList(dec, body)
		}
		return readObject(dec, body)
	}
	return &node{kind: isNull}, nil
}

func readObject(dec *json.Decoder, body []byte) (*node, error) {
	start := dec.InputOffset() - 1
	n := &node{kind: isObject}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name := token.(string)
		if n.get(name) != nil {
			return nil, fmt.Errorf("member %q is given twice", name)
		}
		value, err := readNode(dec, body)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{name, value})
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	n.raw = body[start:dec.InputOffset()]
	return n, nil
}

func readList(dec *json.Decoder, body []byte) (*node, error) {
	n := &node{kind: isList}
	for dec.More() {
		item, err := readNode(dec, body)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	_, err := dec.Token()
	return n, err
}

// get returns the value at the path of member names, or nil. It may be called on nil.
func (n *node) get(path ...string) *node {
	for _, name := range path {
		n = n.member(name)
	}
	return n
}

func (n *node) member(name string) *node {
	if n == nil {
		return nil
	}
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// str returns the text at the path, "" if there is none.
func (n *node) str(path ...string) string {
	if v := n.get(path...); v != nil && v.kind == isText {
		return v.text
	}
	return ""
}

// list returns the elements at the path, nil if there are none.
func (n *node) list(path ...string) []*node {
	if v := n.get(path...); v != nil {
		return v.items
	}
	return nil
}

// dec returns the number at the path, 0 if there is none. The structure has been checked before.
func (n *node) dec(path ...string) udecimal.Decimal {
	v := n.get(path...)
	if v == nil || v.kind != isNumber {
		return udecimal.Zero
	}
	d, err := udecimal.Parse(v.text)
	if err != nil {
		return udecimal.Zero
	}
	return d
}
