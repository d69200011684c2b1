package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
	"wasl/stages/reconcile"
)

// What is made of receipts once they are through: the names under which the ledger
// remembers for which jobs it was.
const (
	handCopies  = "eta.copies"
	handResults = "eta.results"
)

// fromReceipts is Drop.From of files of what became of receipts.
const fromReceipts = "results:eta"

// handOn hands on what the ERP answered, what became of receipts, and what couriers
// collected. some tells whether any file was dropped for it.
func (h *house) handOn(ctx context.Context) (some bool, err error) {
	results, err1 := h.handOnResults(ctx)
	receipts, err2 := h.handOnReceipts(ctx)
	couriers, err3 := h.handOnCouriers(ctx)
	return results || receipts || couriers, errors.Join(err1, err2, err3)
}

// handOnReceipts makes of receipts what others wait for: printable copies of those that
// are valid, as soon as they are; and of each job that is through, a file of what became
// of its receipts, into the inbox where a flow takes such files, and into the ERP's
// folder where one is set. What is there already is not made again. some tells whether
// any file was dropped.
func (h *house) handOnReceipts(ctx context.Context) (some bool, err error) {
	if h.cfg.ETA == nil {
		return false, nil
	}
	h.proving.Lock() // one at a time
	defer h.proving.Unlock()
	if err := h.copyAll(ctx); err != nil {
		return false, err
	}
	jobs, err := h.ledger.Unhanded(ctx, handResults, eta.KindPrefix)
	if err != nil {
		return false, err
	}
	for _, j := range jobs {
		if j.Step == pipeline.StepDeliver || h.untaken[j.Job] {
			continue
		}
		dropped, err := h.dropReceipts(ctx, j)
		if err != nil {
			return some, fmt.Errorf("results of receipts: %w", err)
		}
		some = some || dropped
	}
	return some, nil
}

// copyAll writes the copies that are lacking.
func (h *house) copyAll(ctx context.Context) error {
	sizes := h.cfg.ETA.CopySizes()
	if len(sizes) == 0 {
		return nil
	}
	jobs, err := h.ledger.Unhanded(ctx, handCopies, eta.KindPrefix)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		for e, err := range h.ledger.SealedOf(ctx, j.Job) {
			if err != nil {
				return err
			}
			if e.State != pipeline.Delivered {
				continue
			}
			if _, err := h.cfg.copyOf(ctx, readReceipt(e), sizes, false); err != nil {
				return err
			}
		}
		if j.Step == pipeline.StepDeliver {
			continue
		}
		if err := h.ledger.Hand(ctx, handCopies, j.Job, ""); err != nil {
			return err
		}
	}
	return nil
}

// copiesDir is where copies of receipts lie.
func (c *Config) copiesDir() string { return filepath.Join(c.path(c.Reports), "receipts") }

// copyOf writes the copy of a receipt, and says which files it wrote.
func (c *Config) copyOf(ctx context.Context, r receipt, sizes []string, again bool) ([]string, error) {
	return reconcile.WriteCopy(ctx, c.copiesDir(), c.paperCopy(r), sizes, again, c.bookOptions(c.Language))
}

// paperCopy is what stands on the copy of a receipt: what its bytes say, and nothing else.
func (c *Config) paperCopy(r receipt) reconcile.Copy {
	b := r.Branch
	out := reconcile.Copy{Number: r.Number, UUID: r.Paper.UUID, Order: r.Paper.Order, Issued: r.Issued, Return: r.Return(), Filed: r.State == pipeline.Delivered,
		Link: c.link(r), TradeName: r.TradeName, RIN: r.RIN, Branch: b.Code, Address: joined("، ", b.Building+" "+b.Street, b.City, b.Governate), POS: r.POS,
		BuyerName: r.Buyer.Name, BuyerID: r.Buyer.ID, Currency: r.Paper.Currency, Payment: cmp.Or(payments[r.Payment], r.Payment),
		Sales: string(r.Sales), Net: string(r.Net), Total: string(r.Paper.Total), Reference: r.Sale, Day: r.Issued.In(c.zone).Format(time.DateOnly)}
	if d := string(r.Discount); d != "" && d != "0" {
		out.Discount = d
	}
	out.VAT = vatOf(r.Taxes)
	for _, l := range r.Lines {
		out.Lines = append(out.Lines, reconcile.CopyLine{Name: l.Description, Code: l.Code, Unit: cmp.Or(units[l.Unit], l.Unit), Quantity: string(l.Quantity), Price: string(l.UnitPrice),
			VAT: vatOf(l.Taxes), Discount: l.Off(), Total: string(l.Total)})
	}
	return out
}

// vatOf is the value added tax among some taxes; "0" where there is none.
func vatOf(taxes []eta.PaperTax) string {
	for _, t := range taxes {
		if t.Type == "T1" {
			return string(t.Amount)
		}
	}
	return "0"
}

func joined(by string, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" })
	return strings.Join(parts, by)
}

// payments are the authority's payment codes in Arabic, for the customer's copy.
var payments = map[string]string{"C": "نقدًا", "V": "بطاقة", "CC": "نقدًا عبر متعهد", "VC": "بطاقة عبر متعهد", "VO": "قسيمة", "PR": "عرض ترويجي", "GC": "بطاقة هدية", "P": "نقاط", "O": "أخرى"}

// units are the authority's usual unit codes in Arabic, for the customer's copy; others stay as they are.
var units = map[string]string{"EA": "قطعة", "KGM": "كجم", "GRM": "جم", "LTR": "لتر", "MLT": "مل", "MTR": "متر", "CMT": "سم", "MTK": "م²", "BOX": "علبة", "PK": "عبوة", "CT": "كرتونة", "SET": "طقم", "PR": "زوج", "DZN": "دستة"}

// resultColumns are those of a file of what became of receipts: the names that the
// mapping shopify-writeback knows come first. Of a return, and of a sale of goods that
// were added later, the first four of ETA are empty, for an order's metafields are about
// its sale; the return is told by its tag.
var resultColumns = []string{"order id", "order name", "eta uuid", "eta status", "eta url", "tags",
	"receipt uuid", "receipt number", "receipt type", "issued", "total", "receipt url", "reference uuid", "replaces uuid", "receipt status", "why", "receipt qr"}

// dropReceipts drops the file of what became of the receipts of a job. Its name and its
// content follow from the job alone.
func (h *house) dropReceipts(ctx context.Context, j pipeline.Opened) (bool, error) {
	text, rows, err := h.resultText(ctx, j.Job)
	if err != nil {
		return false, err
	}
	if rows == 0 {
		return false, h.ledger.Hand(ctx, handResults, j.Job, "")
	}
	begins := h.resultsName(j.Flow)
	name := reconcile.FileSafe(cmp.Or(begins, "eta-results") + "-" + j.Drop.ID + "-" + j.Flow + ".csv")
	if folder := h.cfg.ETA.ResultsFolder; folder != "" {
		if err := reconcile.WriteFile(ctx, filepath.Join(h.cfg.path(folder), name), text); err != nil {
			return false, err
		}
	}
	if begins == "" {
		return false, h.ledger.Hand(ctx, handResults, j.Job, name)
	}
	dropped, there, err := h.dropOnce(ctx, name, text, fromReceipts)
	if err == nil && !there {
		h.leave(j.Job)
	}
	if err != nil || !there {
		return false, err
	}
	return dropped, h.ledger.Hand(ctx, handResults, j.Job, name)
}

// resultsName is how the names of the files begin in which a flow wants back what became
// of its receipts; "" where it wants none.
func (h *house) resultsName(flow string) string {
	for _, f := range h.on() {
		if f.Name == flow {
			return f.Settings.Of(f.Kind, eta.SettingResults)
		}
	}
	return ""
}

// resultText is a line for each receipt of a job that is filed or was refused, as CSV.
func (h *house) resultText(ctx context.Context, job pipeline.Job) (text []byte, rows int, err error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(resultColumns) // it lives in memory; Error tells
	for e, err := range h.ledger.SealedOf(ctx, job) {
		if err != nil {
			return nil, 0, err
		}
		r := readReceipt(e)
		status := map[string]string{"valid": "Valid", "invalid": "Invalid", "rejected": "Rejected"}[r.word()]
		if status == "" {
			continue
		}
		rows++
		why := ""
		if len(r.Why) > 0 {
			why = r.Why[0].Says(h.cfg.Language)
		}
		page, picture := h.cfg.link(r), h.cfg.pictureOf(r)
		if r.State != pipeline.Delivered { // the page of a refused one shows nothing
			page = ""
		}
		uuid, shown, link, tag := r.onOrder(status, page)
		_ = w.Write([]string{orderID(r), r.Paper.Order, uuid, shown, link, tag, r.Paper.UUID, r.Number, r.Type, r.Issued.In(h.cfg.zone).Format("2006-01-02 15:04:05"),
			string(r.Paper.Total), page, r.Sale, r.Replaces, status, why, picture})
	}
	w.Flush()
	return out.Bytes(), rows, w.Error()
}

// onOrder is what an order of the shop shows of a receipt: its metafields are about the
// sale, and not about a return or about goods that were added later. A refused one has no
// tag, which would stay on the order for ever.
func (r receipt) onOrder(status, page string) (uuid, shown, link, tag string) {
	tag = "eta-filed"
	if r.Return() {
		tag = "eta-return-filed"
	}
	if r.State != pipeline.Delivered {
		tag = ""
	}
	if r.Return() || r.further() {
		return "", "", "", tag
	}
	return r.Paper.UUID, status, page, tag
}

// pictureOf is where the picture of a valid receipt's QR code lies, below the folder of
// reports; "" where no copies are made.
func (c *Config) pictureOf(r receipt) string {
	if r.State != pipeline.Delivered || len(c.ETA.CopySizes()) == 0 {
		return ""
	}
	return "receipts/" + filepath.ToSlash(reconcile.QRPath(c.paperCopy(r)))
}

// orderID is the shop's id of the order that a receipt is of: its key names the sale by
// it; "" where the order had none.
func orderID(r receipt) string {
	if parts := strings.Split(r.Key, "/"); len(parts) > 1 && parts[1] != r.Paper.Order && parts[0] != "adopted" {
		return parts[1]
	}
	for _, word := range r.Words {
		if len(word) >= 9 && strings.Trim(word, "0123456789") == "" {
			return word
		}
	}
	return ""
}

func (a *app) receiptsCopyCommand() *cobra.Command {
	var qr bool
	cmd := &cobra.Command{
		Use:   "copy KEY|UUID|ORDER|NUMBER",
		Short: "Write the printable copy of a receipt, or print its QR code",
		Long: `copy writes the copy of a receipt for its customer into reports/receipts/, A4 and
80 mm, with its QR code on it and beside it. wasl writes those of valid receipts by
itself; this writes one again, or that of a receipt that the tax authority has not
confirmed, which says so in large letters. --qr prints the QR code as text, with the
link that it holds.`,
		Example: "  wasl receipts copy '#1042'\n  wasl receipts copy '#1042' --qr",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withReceipts(cmd.Context(), args[0], func(c *Config, _ *ledger.Ledger, found []receipt) error {
				found = slices.DeleteFunc(newestOfKeys(found), func(r receipt) bool { return len(r.Sealed) == 0 })
				if len(found) == 0 {
					return a.cannot(&pipeline.Trouble{Rule: "receipts.unissued", With: map[string]string{"word": args[0]}})
				}
				var failed error
				for _, r := range found {
					failed = errors.Join(failed, a.receiptCopy(cmd.Context(), c, r, qr))
				}
				return failed
			})
		},
	}
	cmd.Flags().BoolVar(&qr, "qr", false, "print the QR code as text, and the link in it")
	return cmd
}

func (a *app) receiptCopy(ctx context.Context, c *Config, r receipt, qr bool) error {
	if qr {
		text, err := reconcile.QRText(c.link(r))
		if err != nil {
			return err
		}
		if a.json {
			a.jsonLine(a.out, map[string]any{"what": "qr", "key": r.Key, "link": c.link(r), "text": text})
			return nil
		}
		fmt.Fprintf(a.out, "%s\n%s\n", text, c.link(r))
		return nil
	}
	sizes := []string{eta.CopyA4, eta.CopyRoll}
	if c.ETA != nil && len(c.ETA.CopySizes()) > 0 {
		sizes = c.ETA.CopySizes()
	}
	wrote, err := c.copyOf(ctx, r, sizes, true)
	if err != nil {
		return err
	}
	for _, path := range wrote {
		if a.json {
			a.jsonLine(a.out, map[string]any{"what": "copy", "key": r.Key, "file": path, "filed": r.State == pipeline.Delivered})
			continue
		}
		fmt.Fprintln(a.out, path)
	}
	if r.State != pipeline.Delivered && !a.json {
		fmt.Fprintln(a.out, a.say("receipts.unfiled", "state", a.receiptState(r)))
	}
	return nil
}
