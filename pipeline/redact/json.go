package redact

import (
	"bytes"

	"wasl/pipeline"
)

// jsonLines takes a person out of JSON lines: of each line that is theirs, what is
// personal of it.
func jsonLines(p pipeline.Person, data []byte) Result {
	var r Result
	var out bytes.Buffer
	for line := range bytes.Lines(data) {
		t := pipeline.TraitsInJSON(line)
		if t.Empty() || !p.Owns(t) {
			out.Write(line)
			continue
		}
		blank := p.BlankJSON(line)
		if !bytes.Equal(blank, line) {
			r.Records++
		}
		out.Write(blank)
	}
	if r.Records > 0 {
		r.Data = out.Bytes()
	}
	return r
}
