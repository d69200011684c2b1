//go:build unix

package erp

import (
	"slices"
	"testing"

	"wasl/pipeline"
)

// TestCrash_Refused dies at everything that is done to the disk while a refused
// document is written once more, before and after, with an importer that takes it at
// once: it must have been there once more, exactly.
func TestCrash_Refused(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{true, false} {
		points := 0
		for at := 1; ; at++ {
			s := asking(t, small+"done: .ok\n", Config{Confirm: confirmAck})
			if _, err := s.Send(t.Context(), nextBatch(t, s, "b1", orderNamed(t, s, "#1"))); err != nil {
				t.Fatal(err)
			}
			eat(t, s.cfg.Folder, ".ok")
			s.ackFor(t, nil, "1|error||no")
			var eaten []string
			n := 0
			die := func() { panic("killed") }
			s.disk = &moody{disk: hasty{},
				fail: func(string, string) error {
					if n++; n == at && before {
						die()
					}
					return nil
				},
				then: func(string, string) error {
					eaten = append(eaten, eat(t, s.cfg.Folder, ".ok")...)
					if n == at && !before {
						die()
					}
					return nil
				}}
			b := nextBatch(t, s, "b2", orderNamed(t, s, "#1"))
			died := func() (died bool) {
				defer func() {
					if r := recover(); r != nil {
						if r != "killed" {
							panic(r)
						}
						died = true
					}
				}()
				_, err := s.Send(t.Context(), b)
				return err != nil
			}()
			s.disk = hasty{}
			a, err := s.Ask(t.Context(), b)
			if err == nil && a.Outcomes[0].State == pipeline.Ready {
				a, err = s.Send(t.Context(), b)
			}
			eaten = append(eaten, eat(t, s.cfg.Folder, ".ok")...)
			if got := said(t, a, err); got != "order/#1 accepted" || !slices.Equal(eaten, []string{"SO-1.csv"}) {
				t.Fatalf("died at %d, before=%t: %s, imported %v", at, before, got, eaten)
			}
			if !died {
				break
			}
			points++
		}
		if points < 8 {
			t.Errorf("only %d points", points)
		}
	}
}
