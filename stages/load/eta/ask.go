package eta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// failuresInRow is how many questions may fail one after another before the rest is left for the next time.
const failuresInRow = 3

// pageSize is the most that a page of details holds; maxPages ends a paging that never does.
const (
	pageSize = 100
	maxPages = 50
)

// Ask finds out about receipts without a final outcome. One whose answer was lost is looked up by its uuid: what is not
// there is asked about again after growing gaps, longer together than a look-up may lag, and only then Ready to be sent
// again with the same bytes: by the time since it left, for a question that failed has asked nothing. What a question
// finds out counts, also where another one fails; when several fail in a row the rest is left for the next time. An accepted one is read from its submission: Delivered once it is valid, Rejected when
// validation refused it.
func (s *Sink) Ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	post, err := s.post(b)
	if err != nil {
		return pipeline.Answer{}, err
	}
	return post.askAll(ctx, b)
}

// askAll is Ask by the POS that issued.
func (s *Sink) askAll(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	a := pipeline.Answer{Again: gap(s.config.PollAfter, b.Asked)}
	submissions, unheard := map[string]submissionState{}, map[string]bool{}
	absent, inRow := 0, 0
	var failed error // the first time that asking did
	for _, doc := range b.Docs {
		if unheard[doc.Ticket] {
			continue
		}
		outcome, err := s.askOne(ctx, &a, b, doc, submissions)
		if err != nil {
			later, curable := errors.AsType[*pipeline.Later](err)
			failed = cmp.Or(failed, err)
			if inRow++; !curable || later.After > 0 || inRow == failuresInRow || ctx.Err() != nil {
				return a, err
			}
			unheard[doc.Ticket] = doc.Ticket != ""
			continue
		}
		inRow = 0
		switch {
		case outcome.State != "":
			a.Outcomes = append(a.Outcomes, outcome)
			if outcome.State == pipeline.Ready { // it was waited for long enough
				a.Again = soon
			}
		case doc.State == pipeline.Sending:
			absent++
		}
	}
	if absent > 0 {
		failed = cmp.Or(failed, fmt.Errorf("ask: %d of %d receipts are not to be found yet", absent, len(b.Docs)))
		return a, &pipeline.Later{Err: failed, After: gap(s.config.AskAfter, b.Asked)}
	}
	return a, failed
}

// waited tells whether a receipt that is not to be found may be sent again: longer has passed since it left than a
// look-up may lag, and than a payload counts as a duplicate.
func (s *Sink) waited(b pipeline.Batch) bool {
	if b.Sent.IsZero() {
		return b.Asked >= len(s.config.AskAfter)
	}
	var patience time.Duration
	for _, gap := range s.config.AskAfter {
		patience += gap
	}
	return b.Asked > 0 && s.deps.Now().Sub(b.Sent) >= patience
}

func gap(gaps []time.Duration, asked int) time.Duration { return gaps[min(max(asked, 0), len(gaps)-1)] }

func (s *Sink) askOne(ctx context.Context, a *pipeline.Answer, b pipeline.Batch, doc pipeline.Document, known map[string]submissionState) (pipeline.Outcome, error) {
	uuid, number := s.names(doc)
	switch {
	case doc.State == pipeline.Sending:
		held, found, err := s.lookUp(ctx, &a.Said, uuid)
		switch {
		case err != nil:
			return pipeline.Outcome{}, err
		case found:
			return held.outcome(doc, uuid), nil
		case s.waited(b) && s.undecided(b):
			return pipeline.Outcome{}, &pipeline.Trouble{Rule: "eta.unknown", With: with("name", doc.Name, "number", number, "uuid", uuid, "serial", s.config.POS.Serial,
				"count", itoa(b.Lost))}
		case s.waited(b):
			return pipeline.Outcome{Key: doc.Key, State: pipeline.Ready}, nil
		}
		return pipeline.Outcome{}, nil
	case doc.State != pipeline.Accepted:
		return pipeline.Outcome{}, nil
	case doc.Ticket == "":
		return s.byUUID(ctx, a, doc, uuid)
	}
	state, ok := known[doc.Ticket]
	if !ok {
		var err error
		if state, err = s.submission(ctx, &a.Said, doc.Ticket); err != nil {
			return pipeline.Outcome{}, err
		}
		known[doc.Ticket] = state
	}
	entry, ok := find(state.receipts, uuid, number)
	switch {
	case !ok && state.over:
		return s.byUUID(ctx, a, doc, uuid)
	case !ok:
		return pipeline.Outcome{}, nil
	}
	switch strings.ToLower(string(entry.Status)) {
	case "valid":
		return pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: uuid, Ticket: doc.Ticket}, nil
	case "invalid", "rejected", "cancelled":
		return s.confirm(ctx, a, doc, uuid, entry, "eta.invalid")
	}
	return pipeline.Outcome{}, nil
}

// byUUID settles an accepted receipt by a look-up, where its submission says nothing of it.
func (s *Sink) byUUID(ctx context.Context, a *pipeline.Answer, doc pipeline.Document, uuid string) (pipeline.Outcome, error) {
	held, found, err := s.lookUp(ctx, &a.Said, uuid)
	if err != nil || !found {
		return pipeline.Outcome{}, err
	}
	return held.outcome(doc, uuid), nil
}

// submissionState is what the details of a submission say, of all pages.
type submissionState struct {
	over     bool // validation is done
	receipts []named
}

// submission reads the details of a submission. One that does not show yet is as one in progress.
func (s *Sink) submission(ctx context.Context, heard *[]pipeline.Said, id string) (submissionState, error) {
	var state submissionState
	for page := 1; page <= maxPages; page++ {
		address := fmt.Sprintf("%s/api/v1/receiptsubmissions/%s/details?PageNo=%d&PageSize=%d", s.config.APIURL, url.PathEscape(id), page, pageSize)
		var d details
		found, err := s.get(ctx, heard, address, &d)
		if err != nil {
			return submissionState{}, err
		}
		if !found {
			return submissionState{}, nil
		}
		state.receipts = append(state.receipts, d.Receipts...)
		status := strings.ToLower(string(d.Status))
		state.over = status == "valid" || status == "invalid"
		if page >= d.Metadata.TotalPages || len(d.Receipts) == 0 {
			break
		}
	}
	return state, nil
}

// lookUp asks for one receipt by its uuid. Only a clear answer says that it is not there.
func (s *Sink) lookUp(ctx context.Context, heard *[]pipeline.Said, uuid string) (raw, bool, error) {
	var r raw
	found, err := s.get(ctx, heard, s.config.APIURL+"/api/v1/receipts/"+url.PathEscape(uuid)+"/raw", &r)
	if err != nil || !found {
		return raw{}, false, err
	}
	if r.Document == "" && r.SubmissionUUID == "" && r.Receipt.UUID == "" {
		return raw{}, false, &pipeline.Later{Err: fmt.Errorf("look up %s: the answer holds no receipt", uuid)}
	}
	return r, true, nil
}

// get reads a JSON answer. found is false on a 404 that comes from the authority itself and not from a web server in
// between, whose page would make a lost receipt of one that is there.
func (s *Sink) get(ctx context.Context, heard *[]pipeline.Said, address string, into any) (found bool, err error) {
	x, err := s.authorized(ctx, heard, http.MethodGet, address, nil)
	var ignored map[string]any
	switch {
	case err != nil:
		return false, err
	case x.status == http.StatusOK && x.object(into):
		return true, nil
	case x.status == http.StatusNotFound && x.err == nil && (len(x.body) == 0 || x.object(&ignored)):
		return false, nil
	case x.status == http.StatusTooManyRequests:
		return false, &pipeline.Later{Err: x.failure(), After: x.retryAfter(time.Second) + time.Second}
	case x.status == http.StatusForbidden:
		return false, refusal(x, s.config, "")
	}
	return false, &pipeline.Later{Err: x.failure(), After: x.retryAfter(0)}
}

// status is where the authority says that a receipt stands, in lower case.
func (r raw) status() string {
	status := r.Receipt.Status
	if status == "" {
		status = r.Status
	}
	return strings.ToLower(string(status))
}

// refused tells whether validation has refused the receipt that the authority holds.
func (r raw) refused() bool {
	return r.status() == "invalid" || r.status() == "rejected" || r.status() == "cancelled"
}

// outcome is what a receipt that was found has become. An invalid one without its faults is asked about once more,
// by its submission, which names them.
func (r raw) outcome(doc pipeline.Document, uuid string) pipeline.Outcome {
	o := pipeline.Outcome{Key: doc.Key, State: pipeline.Accepted, Ref: uuid, Ticket: string(r.SubmissionUUID)}
	switch {
	case r.status() == "valid":
		o.State = pipeline.Delivered
	case r.refused() && (len(r.Receipt.Errors) > 0 || o.Ticket == ""):
		o.State, o.Why = pipeline.Rejected, r.Receipt.problems(doc, "eta.invalid")
	}
	return o
}

// recent counts the receipts of the taxpayer that the authority shows, and names the newest.
func (s *Sink) recent(ctx context.Context, heard *[]pipeline.Said) (string, error) {
	var list struct {
		Receipts []named `json:"receipts"`
		Metadata struct {
			TotalCount int `json:"totalCount"`
		} `json:"metadata"`
	}
	found, err := s.get(ctx, heard, s.config.APIURL+"/api/v1/receipts/recent?PageNo=1&PageSize=1", &list)
	if err != nil || !found {
		return "", err
	}
	text := strconv.Itoa(list.Metadata.TotalCount)
	if len(list.Receipts) > 0 {
		text += ", " + string(list.Receipts[0].Number) + " " + string(list.Receipts[0].UUID)
	}
	return text, nil
}
