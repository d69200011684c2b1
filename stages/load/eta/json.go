package eta

import "unicode/utf8"

// writer appends JSON as the authority's serializer reads it: members in the order written, numbers as the shortest
// plain decimal, text in UTF-8 with nothing escaped that need not be.
type writer struct{ b []byte }

// name begins a member.
func (w *writer) name(name string) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

func (w *writer) comma() {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' && w.b[n-1] != '[' && w.b[n-1] != ':' {
		w.b = append(w.b, ',')
	}
}

func (w *writer) open(name string)    { w.name(name); w.b = append(w.b, '{') }
func (w *writer) close()              { w.b = append(w.b, '}') }
func (w *writer) list(name string)    { w.name(name); w.b = append(w.b, '[') }
func (w *writer) endList()            { w.b = append(w.b, ']') }
func (w *writer) element()            { w.comma(); w.b = append(w.b, '{') }
func (w *writer) text(name, v string) { w.name(name); w.b = appendText(w.b, v) }

// optional writes a text where there is one: a member without a value is left out, never empty and never null.
func (w *writer) optional(name, v string) {
	if v != "" {
		w.text(name, v)
	}
}

// positive writes a number where it is one to speak of.
func (w *writer) positive(name string, d dec) {
	if d.IsPos() {
		w.number(name, d)
	}
}

// number writes the shortest plain decimal: 175.4386, 14, 0.
func (w *writer) number(name string, d dec) {
	w.name(name)
	b, err := d.AppendText(w.b)
	if err != nil {
		panic(err) // no decimal refuses to be written
	}
	w.b = b
}

// appendText writes a JSON string. Receipts hold nothing that needs an escape (see clean); what does is escaped still.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	plain := 0
	for i := range len(s) {
		if c := s[i]; c == '"' || c == '\\' || c < ' ' {
			b = append(b, s[plain:i]...)
			b = appendMinimal(b, rune(c))
			plain = i + 1
		}
	}
	b = append(b, s[plain:]...)
	return append(b, '"')
}

// cut keeps the first characters of a text, by characters and not by bytes.
func cut(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	n := 0
	for at := range s {
		if n == limit {
			return s[:at]
		}
		n++
	}
	return s
}
