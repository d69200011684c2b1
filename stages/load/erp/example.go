package erp

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// A Sample is one file as a layout would write it, for people: text in UTF-8, or of a
// workbook a line for each cell that is not empty.
type Sample struct {
	Name string // inside the import folder
	Text string
}

// Check reads a layout of any kind, and shows what it would write. Findings are all
// that is wrong with it.
func Check(c Config, layout []byte, layoutFile string, d Deps) ([]Sample, []pipeline.Finding, error) {
	s, findings, err := newSink(nil, c, layout, layoutFile, d)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	samples, err := s.Samples()
	return samples, nil, err
}

// sample is the kind of the layout, and records of a document of it that is no real one.
func (s *Sink) sample() (pipeline.Kind, []pipeline.Record) {
	switch s.layout.of {
	case customerWords:
		return (&Customers{s}).kind(nil), sampleRecords(customerFields, sampleCustomer)
	case historyWords:
		return (&History{s}).kind(nil), sampleRecords(historyFields, sampleHistory)
	case paymentWords:
		return s.payKind(sampleSettings), samplePayment()
	}
	return s.kind(nil), sampleRecords(fields, sampleOrder...)
}

// Samples are what the layout would write of a small document that is no real one.
func (s *Sink) Samples() ([]Sample, error) {
	k, records := s.sample()
	doc, problems := k.Build(records)
	if len(problems) > 0 {
		return nil, fmt.Errorf("the sample of %s: %s", k.Name, problems[0])
	}
	docs := append([]pipeline.Document{doc}, doc.Parts...)
	link := pipeline.Link{}
	for i := range docs {
		docs[i].Kind = k.Name
		if k.Seal == nil {
			continue
		}
		var err error
		if docs[i].Sealed, docs[i].Ref, link.Head, err = k.Seal(docs[i], link, time.Time{}); err != nil {
			return nil, err
		}
	}
	files, err := s.render(pipeline.Batch{ID: "00000000-0000-4000-8000-000000000000", Job: pipeline.Job{Drop: "20261123-0001"}, Docs: docs})
	if err != nil {
		return nil, err
	}
	var out []Sample
	for _, f := range files {
		for _, p := range f.parts() {
			text, err := s.layout.shown(p.Data)
			if err != nil {
				return nil, err
			}
			out = append(out, Sample{path.Join(f.Dir, p.Name), text})
		}
		if f.Mark != "" {
			out = append(out, Sample{path.Join(f.Dir, f.Mark), ""})
		}
	}
	return out, nil
}

// shown is a file as people read it.
func (l *layout) shown(data []byte) (string, error) {
	if l.format != "xlsx" {
		if page := pages[l.codepage]; page != nil {
			text, err := page.NewDecoder().Bytes(data)
			return string(text), err
		}
		return strings.TrimPrefix(string(data), "\ufeff"), nil
	}
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	defer func() { _ = book.Close() }() // it lives in memory
	var out strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			return "", err
		}
		for i, row := range rows {
			for j, text := range row {
				at := place{j + 1, i + 1}.String()
				formula, _ := book.GetCellFormula(sheet, at) // a cell without one
				if formula != "" {
					formula = "  =" + formula
				}
				if text != "" || formula != "" {
					fmt.Fprintf(&out, "%s!%s\t%s%s\n", sheet, at, text, formula)
				}
			}
		}
	}
	return out.String(), nil
}

// sampleOrder are the rows of an order of two lines, with shipping.
var sampleOrder = []map[string]string{
	{"order.id": "5400000001042", "order.name": "#1042", "order.created": "2026-11-23T11:05:22Z", "order.status": "paid", "order.currency": "EGP",
		"order.subtotal": "325", "order.shipping": "50", "order.taxes": "0", "order.discount": "0", "order.total": "375", "order.payment": "cash on delivery",
		"customer.id": "7001", "customer.name": "منى علي", "customer.phone": "+201001234567", "customer.address": "12 شارع النصر",
		"customer.city": "القاهرة", "customer.governorate": "القاهرة",
		"line.sku": "A-1001", "line.name": "زيت زيتون", "line.quantity": "2", "line.price": "125", "line.discount": "0"},
	{"order.name": "#1042", "line.sku": "A-1002", "line.name": "سكر", "line.quantity": "3", "line.price": "25", "line.discount": "0"},
}

// sampleRecords are the records of some rows, as a mapping would make them.
func sampleRecords(fields []pipeline.Field, rows ...map[string]string) []pipeline.Record {
	shape := pipeline.NewShape(fields)
	var out []pipeline.Record
	for i, row := range rows {
		r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "sample.csv", Row: i + 2}}, shape)
		for j, f := range fields {
			text, ok := row[f.Name]
			if !ok {
				continue
			}
			v := pipeline.Value{Set: true, Text: text}
			switch f.Type {
			case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
				v.Dec, _ = parseDecimal(text) // ours
			case pipeline.Time, pipeline.Date:
				v.Time, _ = time.Parse(time.RFC3339, text) // ours
			}
			r.Put(j, v)
		}
		out = append(out, r)
	}
	return out
}
