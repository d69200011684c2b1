package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wasl/pipeline"
)

func TestAcc(t *testing.T) {
	dir := os.Getenv("ACC")
	if dir == "" {
		t.Skip()
	}
	text, err := os.ReadFile(filepath.Join(dir, "list.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []struct{ File, Map string }
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	out, _ := os.Create(filepath.Join(dir, "got.jsonl"))
	defer out.Close()
	enc := json.NewEncoder(out)
	for _, c := range list {
		m := filepath.Join(dir, c.File+".map.yaml")
		os.WriteFile(m, []byte(c.Map), 0o644)
		t.Run(c.File, func(t *testing.T) {
			flow := reportFlow(t, m)
			b, err := os.ReadFile(filepath.Join(dir, c.File))
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			var recs []map[string]string
			var probs []string
			refused := ""
			read, rows := flow.Extract(t.Context(), pipeline.Drop{Name: c.File, Size: int64(len(b))}, bytes.NewReader(b))
			for row, err := range rows {
				if err != nil {
					refused = err.Error()
					break
				}
				rec, ps := flow.Map(row)
				m := map[string]string{"_row": fmt.Sprint(row.Row)}
				for _, f := range flow.Kind.Fields {
					if v := rec.Value(f.Name); v.Set {
						m[f.Name] = v.Text
						switch f.Type {
						case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
							m[f.Name] = v.Dec.String()
						case pipeline.Date, pipeline.Time:
							m[f.Name] = v.Time.Format("2006-01-02T15:04:05")
						}
					}
				}
				bad := ""
				for _, p := range ps {
					if !p.Rule.Note() {
						bad += string(p.Rule) + " "
					}
					probs = append(probs, p.String())
				}
				if bad != "" {
					m["_bad"] = bad
				}
				recs = append(recs, m)
			}
			var by bytes.Buffer
			a := &app{out: &by, lang: "en"}
			fmt.Fprintf(&by, "%s\n", a.readingText(*read))
			a.readingLines(*read)
			for _, c := range read.Controls {
				fmt.Fprintf(&by, "  control %-4d %s %q %s: stated %s, read %s\n", c.Row, c.Scope, c.Label, c.Column, c.Stated, c.Sum)
			}
			for _, p := range read.Notes {
				fmt.Fprintf(&by, "  note %s\n", p)
			}
			enc.Encode(map[string]any{"file": c.File, "recs": recs, "probs": probs, "refused": refused, "read": by.String(), "ms": time.Since(start).Milliseconds()})
		})
	}
}
