package erp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"wasl/pipeline"
)

// mostSaid is how much is kept of a file in which the ERP says why it refused one.
const mostSaid = 500

// confirm says what became of a document whose file has left: delivered, where the
// ERP does not confirm or has done so; rejected, with its words; else accepted, to be
// asked about again.
func (s *Sink) confirm(ctx context.Context, b pipeline.Batch, f file, doc pipeline.Document) (pipeline.Outcome, error) {
	o := pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: or(numberIn(doc.Sealed).Serial, f.Name)}
	if !s.cfg.Confirms() {
		return o, nil
	}
	body, err := readSale(doc.Body)
	if err != nil {
		return o, fmt.Errorf("read the body of %s: %w", doc.Key, err)
	}
	number := s.number(doc, body)
	a, err := s.answerTo(ctx, number)
	if err != nil {
		return o, err
	}
	if a.state == "" || a.spent != "" {
		found, err := s.look(f, a.stamp)
		if err != nil {
			return o, s.trouble(err)
		}
		if found.state != "" {
			found.at = s.now()
			if err := s.putAnswers(ctx, b.Job, map[string]answer{number: found}); err != nil {
				return o, err
			}
		}
		a = found
	}
	switch a.state {
	case ackBooked:
		if a.number != "" {
			o.Ref = a.number
		}
	case ackRefused:
		o.State, o.Ref = pipeline.Rejected, ""
		o.Why = []pipeline.Problem{refusal(doc, number, a)}
	default:
		o = pipeline.Outcome{Key: doc.Key, State: pipeline.Accepted, Ticket: number}
	}
	return o, nil
}

// refusal is why a document was refused, at the order that it was made of.
func refusal(doc pipeline.Document, number string, a answer) pipeline.Problem {
	p := pipeline.Problem{Rule: "erp.refused", With: map[string]string{"number": number, "said": or(a.said, "-"), "where": or(a.origin.String(), "-")}}
	if len(doc.From) > 0 {
		p.Origin = doc.From[0]
	}
	return p
}

// among ends a file that holds documents which the ERP has booked meanwhile: those
// are delivered, and the others are to be sent without them.
func (f file) among(booked int, folder string) ending {
	if booked == len(f.Keys) {
		return delivered
	}
	return parked("erp.mixed", f, folder)
}

// look reads an answer from what the ERP did with the file: renamed it, took it away,
// or laid its words beside it. stamp is that of words which were read before.
func (s *Sink) look(f file, stamp string) (answer, error) {
	if s.cfg.Confirm == confirmAck {
		return answer{}, nil
	}
	for _, dir := range append([]string{filepath.Join(s.cfg.Folder, f.Dir)}, s.cfg.Archive...) {
		for _, p := range f.parts() {
			switch found, mark, err := s.words(filepath.Join(dir, p.Name+s.cfg.Refused), p); {
			case err != nil:
				return answer{}, err
			case mark != "" && mark != stamp:
				return answer{state: ackRefused, said: found, stamp: mark, origin: pipeline.Origin{File: p.Name + s.cfg.Refused}}, nil
			}
		}
		if s.cfg.Confirm != confirmFile {
			continue
		}
		if done, err := there(filepath.Join(dir, f.Name+s.cfg.Booked)); err != nil || done {
			return answer{state: ackBooked}, err
		}
	}
	if s.cfg.Confirm == confirmFile {
		return answer{}, nil
	}
	for _, m := range s.paths(f).moves {
		if waits, err := there(m.to); err != nil || waits {
			return answer{}, err
		}
	}
	return answer{state: ackBooked}, nil
}

// words are what stands in a file that says that ours was refused; "" where it is
// ours, renamed. stamp tells it from a later one; "" where it is not there.
func (s *Sink) words(path string, p part) (text, stamp string, err error) {
	at, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	stamp = strconv.FormatInt(at.Size(), 10) + "@" + strconv.FormatInt(at.ModTime().UnixNano(), 10)
	if at.Size() > 1<<20 {
		return "", stamp, nil
	}
	same, err := s.holds(path, p.Data)
	if err != nil || same {
		return "", stamp, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", "", err
	}
	if !utf8.Valid(data) {
		if data, err = pages["windows-1256"].NewDecoder().Bytes(data); err != nil {
			return "", stamp, nil // no words of ours
		}
	}
	said := []rune(strings.Join(strings.Fields(pipeline.Clean(string(data))), " "))
	return string(said[:min(len(said), mostSaid)]), stamp, nil
}

// afresh finds which files of a batch carry documents that the ERP refused in an
// earlier one: they are written once more, whatever the notes say, and the old answer
// does not count any more. booked counts the documents that have been booked since,
// on a second thought of the ERP's: a file with one of them is not to be written.
func (s *Sink) afresh(ctx context.Context, b pipeline.Batch, f file) (again file, booked int, err error) {
	if !s.cfg.Confirms() {
		return f, 0, nil
	}
	mine := f.keys()
	spent := map[string]answer{}
	for _, doc := range b.Docs {
		if !mine[doc.Key] {
			continue
		}
		body, err := readSale(doc.Body)
		if err != nil {
			return f, 0, fmt.Errorf("read the body of %s: %w", doc.Key, err)
		}
		number := s.number(doc, body)
		was, err := s.row(ctx, tableDocuments, number)
		if err != nil {
			return f, 0, err
		}
		a, err := s.answerTo(ctx, number)
		if err != nil {
			return f, 0, err
		}
		if was["key"] != doc.Key {
			continue
		}
		switch {
		case a.state == ackBooked && was["batch"] != b.ID:
			booked++
		case a.state == ackRefused && was["batch"] != b.ID && a.spent == "":
			a.spent, f.Again = b.ID, b.ID
			spent[number] = a
		case a.spent == b.ID:
			f.Again = b.ID
		}
	}
	return f, booked, s.putAnswers(ctx, b.Job, spent)
}
