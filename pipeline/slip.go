package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// A Slip travels in a quarantine workbook with the rows that were put aside, on a
// hidden sheet: it says from where they are, so that the workbook is known when
// it is dropped again, whatever its name, and each of its rows as well, wherever
// somebody has moved it.
//
// Reconcile writes it, extract reads it, and neither knows the other: so it is a
// word of the house.
type Slip struct {
	Job    Job      // from whose file the rows are
	SHA256 string   // of that file
	File   string   // that the rows stood in at first: the name it was dropped under
	Sheet  string   // of it
	Header []string // of its columns, in its order
	Styles []Style  // of its columns, told from all of it: a few rows would not tell; nil: nothing is known
	Places []int    // Row.Places: of the columns that the flow asked for; nil: to be found by name
	Lines  []SlipLine
}

// A SlipLine is what a slip knows of a row.
type SlipLine struct {
	Row    int      // in the file that it stood in at first, counted from 1
	File   string   // where it is another one than Slip.File: a part of a ZIP
	Sheet  string   // where it is another one than Slip.Sheet
	Prints []uint32 // of its cells as they were written; see CellPrint
	Faults []Fault  // what could not be read in it: as long as a cell is not changed, it still cannot
}

// SlipSheet is the name of the sheet that a slip is on.
const SlipSheet = "wasl"

// slipMark is the first row of a slip; its version is the third cell.
var slipMark = []string{"wasl", "quarantine", "1"}

// errSlip says that a slip is not as it was written.
var errSlip = errors.New("the sheet " + SlipSheet + " was changed")

// CellPrint is what a cell is known by again: a hash of what can be seen of it.
func CellPrint(text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(Clean(text))) // a hash takes everything
	return h.Sum32()
}

// Table is the slip as the rows of a sheet.
func (s Slip) Table() ([][]string, error) {
	dates, decimals := []string{"dates"}, []string{"decimals"}
	for _, style := range s.Styles {
		dates, decimals = append(dates, style.Dates), append(decimals, style.Decimal)
	}
	places := []string{"places"}
	for _, p := range s.Places {
		places = append(places, strconv.Itoa(p))
	}
	out := [][]string{slipMark,
		{"drop", s.Job.Drop}, {"flow", s.Job.Flow}, {"sha256", s.SHA256}, {"file", s.File}, {"sheet", s.Sheet},
		append([]string{"header"}, s.Header...), dates, decimals, places,
		{"rows", strconv.Itoa(len(s.Lines)), strconv.Itoa(len(s.Header))}}
	for _, l := range s.Lines {
		var prints strings.Builder
		for _, p := range l.Prints {
			fmt.Fprintf(&prints, "%08x", p)
		}
		faults := ""
		if len(l.Faults) > 0 {
			text, err := json.Marshal(l.Faults[:min(len(l.Faults), slipFaults)])
			if err != nil {
				return nil, err
			}
			faults = string(text)
		}
		row := []string{strconv.Itoa(l.Row), l.File, l.Sheet, faults}
		for all := prints.String(); all != ""; {
			n := min(len(all), slipPrints)
			row, all = append(row, all[:n]), all[n:]
		}
		out = append(out, row)
	}
	return out, nil
}

// A cell holds 32,767 letters: so many letters of prints, and so many faults.
const (
	slipPrints = 32_000
	slipFaults = 200
)

// SlipHead is how many rows of a slip stand before its lines.
const SlipHead = 11

// IsSlip tells whether the first row of a sheet is that of a slip.
func IsSlip(first []string) bool {
	return len(first) >= 2 && first[0] == slipMark[0] && first[1] == slipMark[1]
}

// ReadSlip reads a slip from the rows of its sheet; of its head alone, only that.
// Its error says that it is not as it was written.
func ReadSlip(table [][]string) (Slip, error) {
	var s Slip
	if len(table) < SlipHead || !IsSlip(table[0]) || at(table[0], 2) != slipMark[2] {
		return s, errSlip
	}
	for i, name := range []string{"drop", "flow", "sha256", "file", "sheet", "header", "dates", "decimals", "places", "rows"} {
		if at(table[i+1], 0) != name {
			return s, errSlip
		}
	}
	s.Job = Job{Drop: at(table[1], 1), Flow: at(table[2], 1)}
	s.SHA256, s.File, s.Sheet = at(table[3], 1), at(table[4], 1), at(table[5], 1)
	lines, err := strconv.Atoi(at(table[10], 1))
	width, err2 := strconv.Atoi(at(table[10], 2))
	if err != nil || err2 != nil || width < 1 || width > 1<<14 || s.Job.Drop == "" || s.Job.Flow == "" {
		return s, errSlip
	}
	s.Header = make([]string, width)
	styled := len(table[7]) > 1 || len(table[8]) > 1
	if styled {
		s.Styles = make([]Style, width)
	}
	for i := range s.Header {
		s.Header[i] = at(table[6], i+1)
		if styled {
			s.Styles[i] = Style{Dates: at(table[7], i+1), Decimal: at(table[8], i+1)}
		}
	}
	for _, text := range table[9][1:] {
		place, err := strconv.Atoi(text)
		if err != nil || place >= width {
			return s, errSlip
		}
		s.Places = append(s.Places, place)
	}
	if len(table) == SlipHead {
		return s, nil
	}
	if len(table)-SlipHead != lines {
		return s, errSlip
	}
	s.Lines = make([]SlipLine, lines)
	for i, row := range table[SlipHead:] {
		if s.Lines[i], err = readSlipLine(row, width); err != nil {
			return s, err
		}
	}
	return s, nil
}

func readSlipLine(row []string, width int) (SlipLine, error) {
	var l SlipLine
	var err error
	prints := strings.Join(row[min(4, len(row)):], "")
	if l.Row, err = strconv.Atoi(at(row, 0)); err != nil || len(prints) != 8*width {
		return l, errSlip
	}
	l.File, l.Sheet = at(row, 1), at(row, 2)
	l.Prints = make([]uint32, width)
	for i := range l.Prints {
		p, err := strconv.ParseUint(prints[8*i:8*i+8], 16, 32)
		if err != nil {
			return l, errSlip
		}
		l.Prints[i] = uint32(p)
	}
	if faults := at(row, 3); faults != "" && json.Unmarshal([]byte(faults), &l.Faults) != nil {
		return l, errSlip
	}
	return l, nil
}

func at(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}
