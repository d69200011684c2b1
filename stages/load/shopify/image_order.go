package shopify

import (
	"slices"
	"strconv"
)

// How pictures stand on a product:
//
//   - Those of an item stand in the order of the file: by position, then by row.
//   - Pictures that somebody put there by hand keep their places: ours change
//     places among themselves only, and new ones come last.
//   - A new picture that replaces one takes its place.
//   - Ours go in front of all others only where the file itself says position 1,
//     of the item and not of one of its variants.

// standing is the order in which the pictures of a product are to stand. have are
// the files that stand there now, in their order; wanted are those of an item in
// the order of the file, each with the file whose place it takes. What is to be
// taken away still counts: it goes after the others stand right.
func standing(have []string, wanted []placed, first bool) []string {
	out := slices.Clone(have)
	for _, w := range wanted {
		at := slices.Index(out, w.instead)
		switch in := slices.Index(out, w.id); {
		case w.instead == "" || at < 0:
			if in < 0 {
				out = append(out, w.id)
			}
		case in < 0:
			out = slices.Insert(out, at, w.id)
		default:
			out = slices.Delete(out, in, in+1)
			out = slices.Insert(out, slices.Index(out, w.instead), w.id)
		}
	}
	var places []int
	for i, id := range out {
		if slices.ContainsFunc(wanted, func(w placed) bool { return w.id == id }) {
			places = append(places, i)
		}
	}
	for i, at := range places {
		out[at] = wanted[i].id
	}
	if first && len(wanted) > 0 {
		at := slices.Index(out, wanted[0].id)
		out = slices.Insert(slices.Delete(out, at, at+1), 0, wanted[0].id)
	}
	return out
}

// placed is a file with a place. No file is in a list of them twice.
type placed struct{ id, instead string }

// mediaMove is a step of productReorderMedia: a file, and where it is to stand when this move is
// made, counted from 0.
type mediaMove struct {
	ID string `json:"id"`
	To string `json:"newPosition"`
}

// movesOf are what makes one order of another of the same files.
func movesOf(have, want []string) []mediaMove {
	now := slices.Clone(have)
	var out []mediaMove
	for i, id := range want {
		if i < len(now) && now[i] == id {
			continue
		}
		at := slices.Index(now, id)
		if at < 0 {
			continue // it went away meanwhile
		}
		now = slices.Insert(slices.Delete(now, at, at+1), min(i, len(now)-1), id)
		out = append(out, mediaMove{id, strconv.Itoa(i)})
	}
	return out
}

// only are those of a list that are in another, in the order of the list.
func only(list, in []string) []string {
	var out []string
	for _, id := range list {
		if slices.Contains(in, id) {
			out = append(out, id)
		}
	}
	return out
}

// without are those of a list that are not in another.
func without(list, in []string) []string {
	var out []string
	for _, id := range list {
		if !slices.Contains(in, id) {
			out = append(out, id)
		}
	}
	return out
}
