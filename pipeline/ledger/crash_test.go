package ledger

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// childEnv names the state folder that a child of the test works in.
const childEnv = "LEDGER_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := toil(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const toilDocs = 1500

// toil admits, files, takes and settles until somebody kills it.
func toil(dir string) error {
	ctx := context.Background()
	l, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	flow := sealing("receipts", 40)
	rule := func(string) (pipeline.Flow, bool) { return flow, true }
	for i := 0; ; i++ {
		a := arrival(fmt.Sprintf("%d-%d.csv", os.Getpid(), i), "h")
		a.Claims = []pipeline.Claim{{Flow: "receipts", Kind: "receipts", Lane: "receipts"}}
		if _, _, err := l.Admit(ctx, a); err != nil {
			return err
		}
		for due := (pipeline.Due{Step: "?"}); due.Step != ""; {
			if due, err = l.Next(ctx, "receipts", time.Now()); err != nil {
				return err
			}
			if due.Step == pipeline.StepPrepare {
				err = toilFile(ctx, l, due.Job)
			} else if due.Step == pipeline.StepDeliver {
				err = toilDeliver(ctx, l, rule)
			}
			if err != nil {
				return err
			}
		}
	}
}

func toilFile(ctx context.Context, l *Ledger, job pipeline.Job) error {
	_, err := l.File(ctx, job, pipeline.Filed{Kind: "receipts", Lane: "receipts", Once: true, Diff: true}, func(to pipeline.Filing) (pipeline.Reading, error) {
		for i := range toilDocs {
			if err := to.Document(doc(fmt.Sprintf("%s-%d", job.Drop, i), "1"), 1, nil); err != nil {
				return pipeline.Reading{}, err
			}
		}
		return pipeline.Reading{Rows: toilDocs}, nil
	})
	return err
}

func toilDeliver(ctx context.Context, l *Ledger, rule func(string) (pipeline.Flow, bool)) error {
	b, err := l.Open(ctx, "receipts")
	if errors.Is(err, pipeline.ErrNotFound) {
		b, err = l.Take(ctx, "receipts", time.Now(), rule)
	}
	if err != nil {
		return err
	}
	a := pipeline.Answer{Said: []pipeline.Said{{What: "POST", Status: 200}}}
	for _, d := range b.Docs {
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: pipeline.Delivered})
	}
	_, err = l.Settle(ctx, b, a, time.Now())
	return err
}

// Kill the program at random moments: what it leaves is whole.
func TestKill(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	dir, rounds := t.TempDir(), 8
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childEnv+"="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
			t.Fatalf("the child said %q, %v", line, err)
		}
		if round == 0 {
			_, err := Open(t.Context(), dir, Options{})
			if tr := trouble(t, err, "state.locked"); tr.With["pid"] != strconv.Itoa(child.Process.Pid) {
				t.Errorf("held by %s, want %d", tr.With["pid"], child.Process.Pid)
			}
		}
		time.Sleep(time.Duration(r.IntN(400)) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
		judgeFolder(t, dir)
	}
}

// judgeFolder opens what a killed program left, and looks whether it adds up.
func judgeFolder(t *testing.T, dir string) {
	t.Helper()
	l, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Shut() }()
	if err := whole(t.Context(), l.path()); err != nil {
		t.Error(err)
	}
	jobs, err := l.Jobs(t.Context(), "0000", "9999")
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		n := 0
		for _, docs := range j.States {
			n += docs
		}
		if wanted := map[bool]int{true: 0, false: toilDocs}[j.Step == pipeline.StepPrepare]; n != wanted {
			t.Errorf("job %s at %s has %d documents, want %d", j.Job, j.Step, n, wanted)
		}
	}
	head, count, sending := "", int64(0), 0
	for e, err := range l.Entries(t.Context(), "0000", "9999") {
		if err != nil {
			t.Fatal(err)
		}
		if (e.Sealed == nil) != (e.State == pipeline.Ready) {
			t.Errorf("%s is %s, sealed as %q", e.Key, e.State, e.Sealed)
		}
		if e.Sealed == nil {
			continue
		}
		if before, _, _ := strings.Cut(string(e.Sealed), ">"); before != head {
			t.Fatalf("%s follows %q, want %q", e.Key, before, head)
		}
		head = e.Key
		count++
		if e.State == pipeline.Sending {
			sending++
		}
	}
	s, err := l.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if count > 0 && (len(s.Chains) != 1 || s.Chains[0].Head != head || s.Chains[0].Count != count) {
		t.Errorf("chains %v, want %q after %d", s.Chains, head, count)
	}
	b, err := l.Open(t.Context(), "receipts")
	if sending == 0 && !errors.Is(err, pipeline.ErrNotFound) || sending > 0 && len(b.Docs) != sending {
		t.Errorf("%d are sending, the open batch has %d, %v", sending, len(b.Docs), err)
	}
	t.Logf("%d jobs, %d sealed, %d sending", len(jobs), count, sending)
}
