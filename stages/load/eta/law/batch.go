package law

import (
	"fmt"
)

// CheckSubmission finds everything for which the authority would refuse a submission as a whole (section 6): its size,
// and its receipts beside each other. Each receipt alone is for Check.
func (b *Book) CheckSubmission(body []byte, k Known) []Fault {
	c := &check{book: b, known: k, day: k.Day}
	tree, err := parse(body)
	if err != nil {
		c.add("", "batch.json")
		return c.found
	}
	c.tree = tree
	c.day = c.lawDay()
	receipts := tree.list("receipts")
	most, _ := b.Limit(SubmissionReceipts, c.day).Int64()
	room, _ := b.Limit(SubmissionBytes, c.day).Int64()
	switch {
	case len(receipts) == 0:
		c.add("receipts", "batch.none")
	case len(receipts) > int(most):
		c.add("receipts", "batch.receipts", "count", itoa(len(receipts)), "limit", itoa(int(most)))
	case len(body) > int(room):
		c.add("", "batch.bytes", "count", itoa(len(body)), "limit", itoa(int(room)))
	}
	for i, s := range tree.list("signatures") {
		if kind := s.str("signatureType"); kind != "I" && kind != "S" {
			c.add(fmt.Sprintf("signatures[%d].signatureType", i), "batch.signature", "got", kind)
		}
	}
	c.beside(receipts)
	return c.found
}

// beside compares the receipts of a submission with each other.
func (c *check) beside(receipts []node) {
	numbers, uuids := map[string]int{}, map[string]int{}
	for i := range receipts {
		r := &receipts[i]
		path := fmt.Sprintf("receipts[%d].", i)
		number := r.str("seller", "branchCode") + "\x00" + r.str("header", "receiptNumber")
		if first, again := numbers[number]; again {
			c.add(path+"header.receiptNumber", "batch.number", "got", r.str("header", "receiptNumber"), "first", itoa(first+1))
		} else {
			numbers[number] = i
		}
		uuid := r.str("header", "uuid")
		if first, again := uuids[uuid]; again && uuid != "" {
			c.add(path+"header.uuid", "batch.uuid", "got", uuid, "first", itoa(first+1))
		} else {
			uuids[uuid] = i
		}
		if i == 0 {
			continue
		}
		if got, want := r.str("seller", "deviceSerialNumber"), receipts[0].str("seller", "deviceSerialNumber"); got != want {
			c.add(path+"seller.deviceSerialNumber", "batch.pos", "got", got, "want", want)
		}
		if got, want := r.str("seller", "rin"), receipts[0].str("seller", "rin"); got != want {
			c.add(path+"seller.rin", "batch.rin", "got", got, "want", want)
		}
		if got, before := r.str("header", "dateTimeIssued"), receipts[i-1].str("header", "dateTimeIssued"); got < before {
			c.add(path+"header.dateTimeIssued", "batch.order", "got", got, "before", before)
		}
	}
}
