package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// A presence is how a watch shows that it is there and answers: a file whose time
// is that of its last look at the counter.
type presence struct {
	c counter
	attendance
	last time.Time
}

// An attendance is what that file says.
type attendance struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
	Doing string    `json:"doing,omitempty"` // the errand that is being done
}

const (
	// attendanceName is the file, among the errands.
	attendanceName = "watch.json"
	// beatEvery is how often the file's time is set anew.
	beatEvery = time.Second
	// silentAfter is how old it may be before a watch that does nothing is said not
	// to answer.
	silentAfter = 15 * time.Second
)

func newPresence(c counter) *presence {
	host, _ := os.Hostname() // only for people
	return &presence{c: c, attendance: attendance{PID: os.Getpid(), Host: host, Since: time.Now().UTC().Truncate(time.Second)}}
}

// beat says that the watch is there now, and what errand it does.
func (p *presence) beat(doing string) error {
	if p == nil {
		return nil
	}
	now := time.Now()
	if doing == p.Doing && now.Sub(p.last) < beatEvery {
		return nil
	}
	if doing == p.Doing && !p.last.IsZero() && os.Chtimes(filepath.Join(p.c.dir, attendanceName), now, now) == nil {
		p.last = now
		return nil
	}
	p.Doing, p.last = doing, now
	return p.c.write(attendanceName, p.attendance)
}

// leave says that the watch has ended.
func (p *presence) leave() { _ = os.Remove(filepath.Join(p.c.dir, attendanceName)) } // its time tells as well

// present reads who watches, and when that one looked last; ok is false where
// nobody does.
func (c counter) present() (a attendance, last time.Time, ok bool) {
	info, err := os.Lstat(filepath.Join(c.dir, attendanceName))
	if err != nil || c.read(attendanceName, &a) != nil {
		return a, last, false
	}
	return a, info.ModTime(), true
}

// stand says how a watch stands that looked last at a time: answers, busy, silent
// or, where its process is no more, gone.
func (a attendance) stand(last, now time.Time) string {
	host, _ := os.Hostname() // as it was written
	switch {
	case a.Host == host && !lives(a.PID):
		return "gone"
	case a.Doing != "":
		return "busy"
	case now.Sub(last) > silentAfter:
		return "silent"
	}
	return "answers"
}

// lives tells whether there is a process of that number; where the system does not
// say, there is.
func lives(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }() // it was only asked
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// watchStatus says whether a watch runs, and whether it answers.
func (a *app) watchStatus(c *Config) {
	there, last, ok := counterOf(c).present()
	stand := "none"
	if ok {
		stand = there.stand(last, time.Now())
	}
	if a.json {
		line := map[string]any{"what": "watch", "stand": stand}
		if ok {
			line["pid"], line["host"], line["since"], line["last"], line["doing"] = there.PID, there.Host, there.Since, last.UTC(), there.Doing
		}
		a.jsonLine(a.out, line)
		return
	}
	fmt.Fprintln(a.out, a.say("watch."+stand, "pid", fmt.Sprint(there.PID), "host", a.upright(there.Host),
		"since", a.upright(c.minute(there.Since)), "last", a.upright(c.minute(last)), "what", a.upright(there.Doing)))
}
