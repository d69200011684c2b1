//go:build !windows && !linux

package erp

func moveNew(from, to string) error { return lookAndMove(from, to) }
