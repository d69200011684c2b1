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
		if err := toilMemo(ctx, l, i); err != nil {
			return err
		}
		for due := (pipeline.Due{Step: "?"}); due.Step != ""; {
			if due, err = l.Next(ctx, "receipts", time.Now()); err != nil {
				return err
			}
			if due.Step == pipeline.StepPrepare {
				err = toilFile(ctx, l, due.Job, (os.Getpid()+i)%3)
			} else if due.Step == pipeline.StepDeliver {
				err = toilDeliver(ctx, l, rule)
			}
			if err != nil {
				return err
			}
		}
	}
}

// toilBooked is how many bookings each file brings.
const toilBooked = 40

// toilMemo does what is due in a memo, as the loop of the program does: one that
// was killed half way left it to be done.
func toilMemo(ctx context.Context, l *Ledger, i int) error {
	due, err := l.Due(ctx, time.Now())
	if err != nil || len(due) == 0 {
		return err
	}
	var ids []int64
	for _, b := range due {
		ids = append(ids, b.ID)
	}
	a := arrival(fmt.Sprintf("memo-%d-%d", os.Getpid(), i), "m")
	a.From, a.Claims = "memo:booking", []pipeline.Claim{{Flow: "receipts", Kind: "receipts", Lane: "receipts"}}
	_, err = l.AdmitMemo(ctx, a, ids)
	return err
}

// toilFile files a job: one that the gate holds, one that it holds and somebody
// drops, or one that leaves.
func toilFile(ctx context.Context, l *Ledger, job pipeline.Job, how int) error {
	filed := pipeline.Filed{Kind: "receipts", Lane: "receipts", Once: true, Diff: true}
	if how > 0 {
		filed.Gate = holding
	}
	made, err := l.File(ctx, job, filed, func(to pipeline.Filing) (pipeline.Reading, error) {
		for i := range toilDocs {
			d := doc(fmt.Sprintf("%s-%d", job.Drop, i), "1")
			if i < toilBooked {
				d.Then = []pipeline.Booking{{At: night, Why: "end", Doc: pipeline.Document{Key: d.Key}}}
			}
			if err := to.Document(d, 1, nil); err != nil {
				return pipeline.Reading{}, err
			}
		}
		return pipeline.Reading{Rows: toilDocs}, nil
	})
	if err != nil || !made.Held || how == 1 {
		return err
	}
	return l.Release(ctx, pipeline.Release{Job: job, By: "Nour", Why: "wrong", Drop: true})
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

// judgeGates looks whether gates, memos and bookings were stored whole or not at
// all: a memo that is there does bookings, and a file has all it booked or, where
// it was dropped, nothing.
func judgeGates(t *testing.T, l *Ledger) {
	t.Helper()
	for what, query := range map[string]string{
		"a memo that does nothing":     `SELECT count(*) FROM jobs j WHERE memo = 1 AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.memo = j.drop_id)`,
		"a booking done by no memo":    `SELECT count(*) FROM bookings b WHERE memo <> '' AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.memo = 1 AND j.drop_id = b.memo)`,
		"a memo that is no memo":       `SELECT count(*) FROM jobs j JOIN drops p ON p.seq = j.drop_seq WHERE (p.source LIKE 'memo:%') <> j.memo`,
		"a gate without its reason":    `SELECT count(*) FROM jobs j WHERE gate <> '' AND NOT EXISTS (SELECT 1 FROM problems n WHERE n.job = j.seq AND n.rule = 'gate.plan')`,
		"a drop that was half stored":  `SELECT count(*) FROM jobs j WHERE gate = 'dropped' AND (step <> 'reconcile' OR EXISTS (SELECT 1 FROM documents d WHERE d.job = j.seq AND d.state <> 'parked') OR NOT EXISTS (SELECT 1 FROM releases r WHERE r.job = j.seq))`,
		"a file that booked half":      fmt.Sprintf(`SELECT count(*) FROM jobs j WHERE memo = 0 AND step <> 'prepare' AND gate <> 'dropped' AND (SELECT count(*) FROM bookings b WHERE b.job = j.seq) <> %d`, toilBooked),
		"a dropped file that books":    `SELECT count(*) FROM jobs j JOIN bookings b ON b.job = j.seq WHERE gate = 'dropped'`,
		"something left of a held one": `SELECT count(*) FROM jobs j JOIN documents d ON d.job = j.seq WHERE gate = 'held' AND d.state <> 'ready'`,
	} {
		var n int
		if err := l.reader.QueryRow(query).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d, %v", what, n, err)
		}
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
	judgeGates(t, l)
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
		if (e.Sealed == nil) != (e.State == pipeline.Ready || e.State == pipeline.Parked) {
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
