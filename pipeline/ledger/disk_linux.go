package ledger

import (
	"fmt"
	"syscall"

	"wasl/pipeline"
)

// A disk is what is thought of a file system.
type disk struct {
	name  string
	share bool // of another machine: its locks and its shared memory are not to be relied on
}

// disks are the file systems that a ledger should not lie on, by the magic
// numbers of statfs(2). All others are taken to be disks of this machine.
var disks = map[uint32]disk{
	0x6969:     {"NFS", true},
	0x517B:     {"SMB", true},
	0xFF534D42: {"CIFS", true},
	0xFE534D42: {"SMB2", true},
	0x01021997: {"9p", true},
	0x00C36400: {"Ceph", true},
	0x5346414F: {"AFS", true},
	0x786F4256: {"vboxsf", true},
	0x65735546: {"FUSE", false},
	0x01021994: {"tmpfs", false},
	0x858458F6: {"ramfs", false},
}

// checkDisk refuses a folder on a share and warns of one that may not last.
func checkDisk(dir string, allowShare bool) ([]pipeline.Problem, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return nil, fmt.Errorf("look at the disk of the state folder: %w", err)
	}
	return judgeDisk(dir, uint32(fs.Type), allowShare)
}

// judgeDisk is checkDisk once the magic number is known.
func judgeDisk(dir string, magic uint32, allowShare bool) ([]pipeline.Problem, error) {
	d, listed := disks[magic]
	if !listed {
		return nil, nil
	}
	with := map[string]string{"dir": dir, "kind": d.name}
	if d.share && !allowShare {
		return nil, &pipeline.Trouble{Rule: "state.share", With: with}
	}
	return []pipeline.Problem{{Rule: "state.doubtful", With: with}}, nil
}
