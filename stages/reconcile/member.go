package reconcile

import (
	"bytes"
	"encoding/json"
)

// members calls visit with the name and the text of each member of a JSON
// object, as far as it can be read. It looks at the outermost level only and
// steps over the rest: encoding/json takes ten times as long for a receipt, of
// which the report shows six members.
func members(object []byte, visit func(name, value []byte)) {
	rest := bytes.TrimLeft(object, blanks)
	if len(rest) == 0 || rest[0] != '{' {
		return
	}
	rest = rest[1:]
	for {
		rest = bytes.TrimLeft(rest, blanks+",")
		n := value(rest)
		if n < 2 || rest[0] != '"' {
			return
		}
		name := rest[1 : n-1]
		rest = bytes.TrimLeft(rest[n:], blanks)
		if len(rest) == 0 || rest[0] != ':' {
			return
		}
		rest = bytes.TrimLeft(rest[1:], blanks)
		if n = value(rest); n == 0 {
			return
		}
		visit(name, rest[:n])
		rest = rest[n:]
	}
}

const blanks = " \t\r\n"

// value is the length of the JSON value at the beginning of b; 0 where there is
// none, or only a part of one.
func value(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			end := quoted(b[i:])
			if end == 0 {
				return 0
			}
			if i += end - 1; depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // the end of what a scalar stands in
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return 0
}

// quoted is the length of the JSON string at the beginning of b, quotes
// included; 0 where it has no end.
func quoted(b []byte) int {
	for i := 1; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return 0
		}
		i += n
		escapes := 0
		for b[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
	return 0
}

// unquote is the text of a JSON string; "" for anything else.
func unquote(value []byte) string {
	if len(value) >= 2 && value[0] == '"' && bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1])
	}
	var s string
	_ = json.Unmarshal(value, &s) // what cannot be read is left empty
	return s
}
