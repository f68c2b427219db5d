package simeks

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// command is a part of the kube program with its flags.
type command struct {
	part string
	args []string
}

// process is a running command. Its output is in a log file.
type process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	err  error         // of its end
}

// run starts a command in the cluster's folder.
func (k *Cluster) run(c Config, cmd command) error {
	p := &process{name: cmd.part, log: filepath.Join(c.Dir, cmd.part+".log"), done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return err
	}
	defer log.Close()
	p.cmd = exec.Command(c.Kube, append([]string{cmd.part}, cmd.args...)...)
	p.cmd.Dir = c.Dir
	p.cmd.Env = []string{"HOME=" + c.Dir, "PATH=" + os.Getenv("PATH")} // no proxy, no kubeconfig of the user
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = endWithParent()

	started := make(chan error)
	go func() {
		// The kernel ends the child with the thread that started it, so the thread must
		// wait for the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	k.processes = append(k.processes, p)
	return nil
}

// ended returns an error with the end of the log when the process has ended.
func (p *process) ended() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended (%v):\n%s", p.name, p.cmd.ProcessState, lastLines(p.log, 15))
	default:
		return nil
	}
}

// kill ends the process at once: nothing of what it holds is kept.
func (p *process) kill() {
	// An error means that it has ended already.
	_ = p.cmd.Process.Kill()
	<-p.done
}

// lastLines returns the last n lines of a file, or what can be had of them.
func lastLines(name string, n int) []byte {
	content, err := os.ReadFile(name)
	if err != nil {
		return []byte(err.Error())
	}
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-n):], []byte("\n"))
}
