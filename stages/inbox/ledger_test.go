package inbox

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// dying is the real ledger behind a process that dies before it tells it where
// an original was moved.
type dying struct {
	*ledger.Ledger
	die bool
}

func (d *dying) Placed(ctx context.Context, drop, place string) error {
	if d.die {
		return errDied
	}
	return d.Ledger.Placed(ctx, drop, place)
}

// The real ledger keeps its side: nights A, B, A are three drops, a crash makes
// none, and what no flow takes ends in rejected/.
func TestLedger_KeepsItsSide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "state"), ledger.Options{Zone: w.deps.Zone, Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Shut() })
	door := &dying{Ledger: l}
	w.deps.Door = door
	w.restart()

	var drops []pipeline.Drop
	for _, text := range []string{"A,1\n", "A,2\n", "A,1\n"} {
		w.drop("stock.csv", text)
		drops = append(drops, w.settled().Drops...)
	}
	if len(drops) != 3 || drops[2].Twin != drops[0].ID {
		t.Fatalf("three nights: %+v", drops)
	}

	w.drop("photo.jpg", "x")
	w.look()
	door.die = true
	w.now = w.now.Add(10 * time.Second)
	if _, _, err := w.in.round(t.Context()); !errors.Is(err, errDied) {
		t.Fatalf("round: %v", err)
	}
	door.die = false
	w.restart()
	w.drop("photo.jpg", "y") // of the same size, where the first one was
	for range 2 {
		if err := w.in.Reject(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(w.dir, "rejected/photo.jpg")); err != nil || string(got) != "x" {
		t.Errorf("rejected: %q, %v", got, err)
	}
	if again := w.settled().Drops; len(again) != 1 {
		t.Errorf("the next photo: %+v, want one drop", again)
	}
	if err := w.in.Reject(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := l.Rejects(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("still to be rejected: %+v, %v", left, err)
	}
	note, err := os.ReadFile(filepath.Join(w.dir, "rejected/photo (2).jpg.why.txt"))
	if err != nil || !strings.Contains(string(note), "stock-*.csv") {
		t.Errorf("note: %s, %v", note, err)
	}
}
