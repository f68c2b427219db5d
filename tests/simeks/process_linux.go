package simeks

import "syscall"

// endWithParent makes the kernel end a child when its parent ends, however that ends.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
