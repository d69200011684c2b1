package shopifytest

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Limits of bulk operations.
const (
	maxBulkRunning   = 5         // of one type, per app and shop
	maxBulkText      = 65_535    // bytes of a query or mutation
	maxBulkFile      = 100 << 20 // bytes of a file of variables
	bulkMutationLife = 24 * time.Hour
	bulkQueryLife    = 10 * 24 * time.Hour
	resultLife       = 7 * 24 * time.Hour
	resultPath       = "/bulk-results/"
)

// Types and states of bulk operations, as the API writes them.
const (
	bulkMutation  = "MUTATION"
	bulkQuery     = "QUERY"
	bulkCreated   = "CREATED"
	bulkRunning   = "RUNNING"
	bulkCanceling = "CANCELING"
	bulkCompleted = "COMPLETED"
	bulkCanceled  = "CANCELED"
	bulkFailed    = "FAILED"
	bulkExpired   = "EXPIRED"
)

// BulkPlan is how one bulk operation goes. The zero value goes well.
type BulkPlan struct {
	// Polls is how many times its state must be read until it has ended; Options.BulkPolls when 0.
	Polls int `json:"polls,omitempty"`
	// LinesPerPoll spreads the work over the polls, so that it can be cancelled in the middle. With 0 all lines are run
	// at once when the operation is accepted: the worst that a client can meet which forgets about it.
	LinesPerPoll int `json:"lines_per_poll,omitempty"`
	// End is FAILED, CANCELED or EXPIRED in place of COMPLETED. After so many lines no further line is run.
	End   string `json:"end,omitempty"`
	After int    `json:"after,omitempty"`
	// Code is the errorCode of FAILED; INTERNAL_SERVER_ERROR when empty.
	Code string `json:"code,omitempty"`
	// Lose are numbers of lines whose answer is missing in the result although they were run.
	Lose []int `json:"lose,omitempty"`
	// Stuck operations only end by the limit of their time (FAILED with TIMEOUT) or by cancelling.
	Stuck bool `json:"stuck,omitempty"`
}

// BulkOperation is what the stand-in knows about one operation.
type BulkOperation struct {
	ID               string   `json:"id"`
	Type             string   `json:"type"` // MUTATION or QUERY
	Status           string   `json:"status"`
	ErrorCode        string   `json:"error_code,omitempty"`
	ClientIdentifier string   `json:"client_identifier,omitempty"`
	Text             string   `json:"text"`
	Call             int      `json:"call"`            // number of the request that started it
	Lines            int      `json:"lines"`           // of the file, or of the result of a query
	Run              int      `json:"run"`             // lines run
	Codes            []string `json:"codes,omitempty"` // of errors and userErrors in its lines
	Downloads        int      `json:"downloads"`       // how often its result was fetched
}

// bulkState is all that is kept of staged uploads and bulk operations.
type bulkState struct {
	targets    map[string]*target // by key
	operations []*bulkOperation
	plans      []BulkPlan // for the next operations, in their order
}

type bulkOperation struct {
	id, kind, text, client string
	plan                   BulkPlan
	req                    *request // that started it
	doc                    document
	created, completed     time.Time
	status, errorCode      string
	polls                  int

	waiting []bulkLine   // not run yet, in the order in which they will be
	total   int          // lines in the file
	run     int          // lines run
	results []bulkResult // of the lines run, or the rows of a query
	roots   int          // rows of a query that have no parent
	grouped bool         // children of a query stay behind their parents
	codes   []string

	file      []byte // what url or partialDataUrl point to, set at the end
	fileName  string
	downloads int
}

// bulkLine is one line of variables; number counts from 0.
type bulkLine struct {
	number int
	raw    []byte
}

// bulkResult is one line of the result. number is that of the line it answers.
type bulkResult struct {
	number int
	text   []byte
}

func (o *bulkOperation) ended() bool {
	return slices.Contains([]string{bulkCompleted, bulkCanceled, bulkFailed, bulkExpired}, o.status)
}

// PlanBulk says how the next bulk operation that is accepted goes; several plans are taken in their order.
func (s *Server) PlanBulk(p BulkPlan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bulk.plans = append(s.bulk.plans, p)
}

// BulkOperations are all operations so far, oldest first. Looking at them here does not advance them by a poll.
func (s *Server) BulkOperations() []BulkOperation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bulkOperations()
}

func (s *Server) bulkOperations() []BulkOperation {
	out := []BulkOperation{}
	for _, o := range s.bulk.operations {
		s.tick(o)
		out = append(out, BulkOperation{ID: o.id, Type: o.kind, Status: o.status, ErrorCode: o.errorCode, ClientIdentifier: o.client,
			Text: o.text, Call: o.req.call.Number, Lines: o.total, Run: o.run, Codes: slices.Clone(o.codes), Downloads: o.downloads})
	}
	return out
}

// newBulk registers an operation that was accepted.
func (s *Server) newBulk(x *execution, kind, text string) *bulkOperation {
	o := &bulkOperation{id: s.shop.newID("BulkOperation"), kind: kind, text: text, status: bulkCreated, created: s.opt.Now(),
		req: x.req, fileName: uuid.NewString()}
	if len(s.bulk.plans) > 0 {
		o.plan, s.bulk.plans = s.bulk.plans[0], s.bulk.plans[1:]
	}
	if o.plan.Polls == 0 {
		o.plan.Polls = s.opt.BulkPolls
	}
	s.bulk.operations = append(s.bulk.operations, o)
	return o
}

// inProgress gives the ids of the operations of a type that have not ended.
func (s *Server) inProgress(kind string) []string {
	var ids []string
	for _, o := range s.bulk.operations {
		s.tick(o)
		if o.kind == kind && !o.ended() {
			ids = append(ids, o.id)
		}
	}
	return ids
}

// refusedAsBusy is the userError for the sixth operation of a type, or nil.
func (s *Server) refusedAsBusy(kind string) []any {
	ids := s.inProgress(kind)
	if len(ids) < maxBulkRunning {
		return nil
	}
	e := userError("A bulk "+strings.ToLower(kind)+" operation for this app and shop is already in progress: "+strings.Join(ids, ", ")+".",
		"OPERATION_IN_PROGRESS")
	e["field"] = nil
	return []any{e}
}

// tickAll lets the clock act on every operation, before anybody looks at what they do to the shop.
func (s *Server) tickAll() {
	for _, o := range s.bulk.operations {
		s.tick(o)
	}
}

// tick lets the clock act: an operation ends by itself some time after it was started, and never outlives its limit.
func (s *Server) tick(o *bulkOperation) {
	age, life := s.opt.Now().Sub(o.created), bulkMutationLife
	if o.kind == bulkQuery {
		life = bulkQueryLife
	}
	switch {
	case o.ended():
	case o.plan.Stuck && age >= life:
		s.endBulk(o, bulkFailed, "TIMEOUT", o.created.Add(life))
	case !o.plan.Stuck && age >= s.opt.BulkTakes:
		s.runLines(o, len(o.waiting))
		s.conclude(o, o.created.Add(s.opt.BulkTakes))
	}
}

// poll is what reading the state does: the operation is one step further, and the step can be seen.
func (s *Server) poll(o *bulkOperation) {
	s.tick(o)
	if o.ended() {
		return
	}
	o.polls++
	if o.status == bulkCanceling {
		s.conclude(o, s.opt.Now())
		return
	}
	o.status = bulkRunning
	s.runLines(o, o.plan.LinesPerPoll)
	if o.polls >= o.plan.Polls && len(o.waiting) == 0 && !o.plan.Stuck {
		s.conclude(o, s.opt.Now())
	}
}

// start runs the lines that need not wait for a poll.
func (s *Server) start(o *bulkOperation) {
	if o.plan.LinesPerPoll == 0 {
		s.runLines(o, len(o.waiting))
	}
}

// conclude ends an operation as planned, or as cancelled when that was asked for.
func (s *Server) conclude(o *bulkOperation, at time.Time) {
	switch {
	case o.status == bulkCanceling:
		s.endBulk(o, bulkCanceled, "", at)
	case o.errorCode != "":
		s.endBulk(o, bulkFailed, o.errorCode, at)
	case o.plan.End == bulkFailed:
		s.endBulk(o, bulkFailed, orElse(o.plan.Code, "INTERNAL_SERVER_ERROR"), at)
	default:
		s.endBulk(o, orElse(o.plan.End, bulkCompleted), "", at)
	}
}

// endBulk writes the result: lines in no order, those that are to be lost left out.
func (s *Server) endBulk(o *bulkOperation, status, code string, at time.Time) {
	o.status, o.errorCode, o.completed, o.waiting = status, code, at, nil
	if status != bulkCompleted && status != bulkFailed {
		return
	}
	var file bytes.Buffer
	order := s.shuffled(o, 1, len(o.results))
	if o.grouped {
		slices.Sort(order)
	}
	for _, i := range order {
		r := o.results[i]
		if !slices.Contains(o.plan.Lose, r.number) {
			file.Write(r.text)
			file.WriteByte('\n')
		}
	}
	o.file, o.results = file.Bytes(), nil
}

// shuffled gives the numbers below n in an order that depends on the seed, the operation and the use alone.
func (s *Server) shuffled(o *bulkOperation, use uint64, n int) []int {
	return rand.New(rand.NewPCG(s.opt.Seed+use, uint64(idNumber(o.id)))).Perm(n)
}
