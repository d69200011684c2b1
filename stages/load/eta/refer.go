package eta

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// referenceNext is what follows previousUUID's value in a return that names its sale: there, and nowhere else, stands
// its referenceUUID.
var referenceNext = []byte(`","referenceUUID":"`)

// errNoSale is what is said of a return whose sale is not there. Returns wait for it, so it cannot be.
var errNoSale = errors.New("a return without its sale")

// people are the members of a sale that its return repeats.
type people struct {
	Header struct {
		UUID         string      `json:"uuid"`
		Currency     string      `json:"currency"`
		ExchangeRate json.Number `json:"exchangeRate"`
	} `json:"header"`
	Seller json.RawMessage `json:"seller"`
	Buyer  json.RawMessage `json:"buyer"`
}

// refer makes a return one of its sale: it fills in the sale's uuid, its buyer and its seller to the last byte, as the
// authority compares them (eta-ereceipt.md 3.4), but for the POS, which is the one that issues the return; and the sale's
// currency and rate of exchange, since what was sold comes back at the pounds that were filed, whatever the rate is by now. What is no
// return with reference stays as it is.
func refer(body, sale []byte) ([]byte, error) {
	_, after, _ := bytes.Cut(body, previousHole) // near the beginning: sales, which are the most, are not read through
	if !bytes.HasPrefix(after, referenceNext) {
		return body, nil
	}
	at := len(body) - len(after) + len(referenceNext)
	if sale == nil {
		return nil, errNoSale
	}
	var was, is people
	if err := json.Unmarshal(sale, &was); err != nil {
		return nil, fmt.Errorf("read the sale of a return: %w", err)
	}
	if err := json.Unmarshal(body, &is); err != nil {
		return nil, fmt.Errorf("read a return: %w", err)
	}
	if was.Header.UUID == "" || was.Seller == nil || was.Buyer == nil {
		return nil, errNoSale
	}
	var device struct {
		Serial string `json:"deviceSerialNumber"`
	}
	if err := json.Unmarshal(was.Seller, &device); err != nil {
		return nil, fmt.Errorf("read the seller of a sale: %w", err)
	}
	seller := bytes.Replace(was.Seller, serial(device.Serial), serial(serialOf(body)), 1)
	out := append(append(bytes.Clone(body[:at]), was.Header.UUID...), body[at:]...)
	out = swap(out, "seller", is.Seller, seller)
	out = swap(out, "buyer", is.Buyer, was.Buyer)
	return bytes.Replace(out, is.money(), was.money(), 1), nil
}

// money are the members of the header that say in which currency, as Build writes them one after the other.
func (h people) money() []byte {
	out := appendText([]byte(`"currency":`), h.Header.Currency)
	if h.Header.ExchangeRate != "" {
		out = append(append(out, `,"exchangeRate":`...), h.Header.ExchangeRate...)
	}
	return out
}

func serial(text string) []byte { return appendText([]byte(`"deviceSerialNumber":`), text) }

// swap puts another value in the place of a member's.
func swap(body []byte, name string, is, was []byte) []byte {
	member := func(value []byte) []byte { return append([]byte(`"`+name+`":`), value...) }
	return bytes.Replace(body, member(is), member(was), 1)
}
