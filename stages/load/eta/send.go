package eta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/law"
)

// triesOfDuplicate is how often a receipt is offered that is refused as taken before and yet cannot be found.
const triesOfDuplicate = 3

// Send submits the batch's receipts as they were sealed, in their order. What it returns:
//
//   - the authority has answered: each receipt Accepted (Ticket: the submission) or Rejected; one that the answer does
//     not name, or whose refusal may mean that it was taken before, has no outcome;
//   - nothing was taken for certain (400, 401, 403, 429, no token, no connection): all Ready, with the same bytes;
//   - too much for one submission, though within the documented limits: as for its first half; the rest Ready;
//   - a body that is not in the expected structure: as for its first half, down to the receipt that it lies with;
//   - sent again after its answer was lost: as for its first 50, and after the second time for its first one (piece);
//   - anything else (5xx, a cut connection, an answer that cannot be read, 422): no outcomes, and a *Later.
func (s *Sink) Send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	post, err := s.post(b)
	if err != nil {
		return pipeline.Answer{Outcomes: ready(b.Docs)}, err
	}
	o := offering{Batch: b}
	o.Docs = slices.DeleteFunc(slices.Clone(b.Docs), func(d pipeline.Document) bool {
		o.proved = o.proved || d.State == pipeline.Accepted
		return d.State == pipeline.Accepted || d.State.Final() && d.State != "" // whatever the batch still holds: it has left
	})
	if most := piece(b); len(o.Docs) > most {
		return post.part(ctx, o, pipeline.Answer{}, most)
	}
	return post.offer(ctx, o)
}

// offer is Send by the POS that issued.
func (s *Sink) offer(ctx context.Context, b offering) (pipeline.Answer, error) {
	var a pipeline.Answer
	if len(b.Docs) == 0 {
		return a, nil
	}
	if err := s.late(b.Docs); err != nil {
		return pipeline.Answer{Outcomes: ready(b.Docs)}, err
	}
	body, err := submission(b.Docs, s.config.Signature)
	if err != nil {
		return pipeline.Answer{Outcomes: ready(b.Docs)}, err
	}
	if err := s.fits(body); err != nil {
		return pipeline.Answer{Outcomes: ready(b.Docs)}, err
	}
	x, err := s.authorized(ctx, &a.Said, http.MethodPost, s.config.APIURL+"/api/v1/receiptsubmissions", body)
	if err != nil {
		a.Outcomes = ready(b.Docs)
		return a, err
	}
	return s.submitted(ctx, b, a, x)
}

// late is the trouble of receipts that were issued longer ago than the authority takes them: it would refuse them, and
// their places in the chain would be lost. They wait, and what comes after them in the chain with them, until somebody
// has asked for a late submission in the portal. They are never given another date.
func (s *Sink) late(docs []pipeline.Document) error {
	if s.config.Late == lateSend {
		return nil
	}
	var names []string
	for _, d := range docs {
		h, err := headerOf(d.Sealed)
		if err != nil {
			continue // submission says so
		}
		issued, err := time.Parse(timeForm, h.DateTimeIssued)
		if err == nil && s.deps.Now().Sub(issued) >= s.config.LateAfter {
			names = append(names, d.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return &pipeline.Trouble{Rule: "eta.late", With: with("serial", s.config.POS.Serial, "count", itoa(len(names)), "name", names[0])}
}

// submission puts sealed receipts into one request, byte by byte as they are.
func submission(docs []pipeline.Document, signature string) ([]byte, error) {
	size := 128
	for _, d := range docs {
		if len(d.Sealed) == 0 {
			return nil, fmt.Errorf("send %s: it is not sealed", d.Key)
		}
		size += len(d.Sealed) + 1
	}
	body := append(make([]byte, 0, size), `{"receipts":[`...)
	for i, d := range docs {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, d.Sealed...)
	}
	body = append(body, ']')
	if signature == signatureEmpty {
		body = append(body, `,"signatures":[{"signatureType":"I","value":""}]`...)
	}
	return append(body, '}'), nil
}

// fits is the trouble of a submission that the authority would refuse as a whole: nothing of it is sent. (Its order is
// that of issuing, unless the clock of this machine was set back: that it is not refused for.)
func (s *Sink) fits(body []byte) error {
	day := s.deps.Now().In(s.deps.Zone).Format(time.DateOnly)
	for _, f := range s.config.Law().CheckSubmission(body, law.Known{Day: day}) {
		if f.Rule != "batch.order" {
			return &pipeline.Trouble{Rule: f.Rule, With: f.With}
		}
	}
	return nil
}

// submitted reads the answer to a submission.
func (s *Sink) submitted(ctx context.Context, b offering, a pipeline.Answer, x exchange) (pipeline.Answer, error) {
	var answer taken
	switch {
	case x.status/100 == 2 && x.object(&answer) && len(answer.Accepted)+len(answer.Rejected) > 0:
		return s.outcomes(ctx, b.Batch, a, answer)
	case x.status == 0 && !x.dialed && ctx.Err() == nil:
		a.Outcomes = ready(b.Docs)
		return a, &pipeline.Later{Err: x.failure()}
	case x.status == http.StatusTooManyRequests:
		a.Outcomes = ready(b.Docs)
		return a, &pipeline.Later{Err: x.failure(), After: x.retryAfter(time.Second) + time.Second}
	case x.status == http.StatusUnprocessableEntity: // the same payload within ten minutes: it may have been taken then
		return a, &pipeline.Later{Err: &pipeline.Trouble{Rule: "eta.resubmitted"}, After: x.retryAfter(10 * time.Minute)}
	case x.status >= 400 && x.status < 500 && x.status != http.StatusRequestTimeout:
		err := refusal(x, s.config, b.Docs[0].Name)
		t, _ := errors.AsType[*pipeline.Trouble](err)
		switch {
		case (t.Rule == "eta.toolarge" || t.Rule == "eta.badstructure") && len(b.Docs) > 1:
			return s.part(ctx, b, a, len(b.Docs)/2)
		case t.Rule == "eta.badstructure":
			return s.refused(ctx, b, a, x, t)
		}
		a.Outcomes = ready(b.Docs)
		return a, err
	}
	return a, &pipeline.Later{Err: x.failure(), After: x.retryAfter(s.config.AskAfter[0])}
}

// refusal is the trouble of a submission of which nothing was taken; name is that of its first receipt.
func refusal(x exchange, c Config, name string) error {
	var answer struct {
		Error   fault `json:"error"`
		Message text  `json:"message"`
	}
	_ = x.object(&answer) // a web page in between has no code: its status will do
	code, said := string(answer.Error.Code), cmp.Or(answer.Error.words(), string(answer.Message), http.StatusText(x.status))
	for _, f := range answer.Error.leaves() {
		if words := f.words(); words != said {
			said += "; " + string(f.Path) + ": " + words
			break
		}
	}
	rule := pipeline.Rule("eta.refused")
	switch {
	case code == "BadStructure":
		rule = "eta.badstructure"
	case code == "MaximumSizeExceeded", x.status == http.StatusRequestEntityTooLarge:
		rule = "eta.toolarge"
	case code == "IncorrectSubmitter":
		rule = "eta.submitter"
	case x.status == http.StatusForbidden:
		rule = "eta.forbidden"
	}
	return &pipeline.Trouble{Rule: rule, With: with("status", strconv.Itoa(x.status), "said", said, "rin", c.Seller.RIN, "serial", c.POS.Serial, "name", name)}
}

// outcomes gives each receipt what the answer says of it.
func (s *Sink) outcomes(ctx context.Context, b pipeline.Batch, a pipeline.Answer, answer taken) (pipeline.Answer, error) {
	ticket := string(cmp.Or(answer.SubmissionID, answer.SubmissionUUID))
	a.Again = s.config.PollAfter[0] // however often the batch was offered before: this time there is an answer
	unnamed := 0
	var trouble error
	for _, doc := range b.Docs {
		uuid, number := s.names(doc)
		if _, ok := find(answer.Accepted, uuid, number); ok {
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Accepted, Ref: uuid, Ticket: ticket})
			continue
		}
		entry, ok := find(answer.Rejected, uuid, number)
		if !ok {
			unnamed++
			continue
		}
		outcome, err := s.confirm(ctx, &a, doc, uuid, entry, "eta.rejected")
		switch {
		case outcome.State != "":
			a.Outcomes = append(a.Outcomes, outcome)
		case err == nil && b.Tries >= triesOfDuplicate:
			trouble = &pipeline.Trouble{Rule: "eta.duplicate", With: with("name", doc.Name, "uuid", uuid)}
		default:
			unnamed++
			trouble = cmp.Or(trouble, err)
		}
	}
	if trouble == nil && unnamed > 0 {
		trouble = fmt.Errorf("submit: the answer leaves %d of %d receipts open", unnamed, len(b.Docs))
	}
	_, curable := errors.AsType[*pipeline.Later](trouble)
	if _, said := errors.AsType[*pipeline.Trouble](trouble); trouble != nil && (curable || !said) {
		trouble = &pipeline.Later{Err: trouble, After: s.config.AskAfter[0]}
	}
	return a, trouble
}

// confirm looks a refused receipt up before the refusal counts: refused as a duplicate means that it was taken. No
// outcome where that cannot be told: the look-up failed, or it reads as a duplicate that does not show yet.
func (s *Sink) confirm(ctx context.Context, a *pipeline.Answer, doc pipeline.Document, uuid string, entry named, rule pipeline.Rule) (pipeline.Outcome, error) {
	held, found, err := s.lookUp(ctx, &a.Said, uuid)
	switch {
	case err != nil:
		return pipeline.Outcome{}, err
	case found && !held.refused():
		return held.outcome(doc, uuid), nil
	case !found && entry.duplicate():
		return pipeline.Outcome{}, nil
	}
	return pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Ref: uuid, Why: entry.problems(doc, rule)}, nil
}

// names are the uuid and the number of a sealed receipt.
func (s *Sink) names(doc pipeline.Document) (uuid, number string) {
	h, err := headerOf(doc.Sealed)
	if err != nil {
		return doc.Ref, ""
	}
	return cmp.Or(h.UUID, doc.Ref), h.ReceiptNumber
}

// ready are the outcomes of documents of which nothing was taken: the same bytes go again.
func ready(docs []pipeline.Document) []pipeline.Outcome {
	all := make([]pipeline.Outcome, 0, len(docs))
	for _, d := range docs {
		all = append(all, pipeline.Outcome{Key: d.Key, State: pipeline.Ready})
	}
	return all
}
