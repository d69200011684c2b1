package etatest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// receiptUUID is the uuid that a receipt must carry: the hash of its canonical text with header.uuid empty (section 4).
func receiptUUID(receipt *node) string {
	return hashText(canonical(withoutUUID(receipt)))
}

func hashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// canonical is the text that is hashed: names in capitals, values as written, everything in quotes, nothing between.
func canonical(n *node) string {
	var b strings.Builder
	writeObject(&b, n)
	return b.String()
}

func writeObject(b *strings.Builder, n *node) {
	for _, m := range n.members {
		name := strings.ToUpper(m.name)
		writeName(b, name)
		writeValue(b, name, m.value)
	}
}

func writeValue(b *strings.Builder, name string, n *node) {
	switch n.kind {
	case isObject:
		writeObject(b, n)
	case isList:
		for _, item := range n.items {
			writeName(b, name)
			writeValue(b, name, item)
		}
	case isText:
		b.WriteByte('"')
		writeEscaped(b, n.text)
		b.WriteByte('"')
	case isNumber, isBool:
		b.WriteString(`"` + n.text + `"`)
	case isNull: // the name stands alone
	}
}

func writeName(b *strings.Builder, name string) {
	b.WriteString(`"` + name + `"`)
}

// writeEscaped writes text as a JSON writer does that escapes no more than it must.
func writeEscaped(b *strings.Builder, text string) {
	for _, r := range text {
		switch r {
		case '"':
			b.WriteString(`\"`)
		case '\\':
			b.WriteString(`\\`)
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			if r < ' ' {
				fmt.Fprintf(b, `\u%04x`, r)
				continue
			}
			b.WriteRune(r)
		}
	}
}

// withoutUUID is the receipt with header.uuid empty; the key stays where it is.
func withoutUUID(receipt *node) *node {
	return replace(receipt, "header", func(header *node) *node {
		return replace(header, "uuid", func(*node) *node { return &node{kind: isText} })
	})
}

// replace copies n with one member changed.
func replace(n *node, name string, change func(*node) *node) *node {
	c := *n
	c.members = make([]member, len(n.members))
	for i, m := range n.members {
		if m.name == name {
			m.value = change(m.value)
		}
		c.members[i] = m
	}
	return &c
}
