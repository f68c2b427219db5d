package sandbox

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// command is pulumi's command line without the calls that the Automation API makes beside each operation and whose answer is known:
// every one starts the engine, which takes longer than most of what tests wait for.
type command struct {
	auto.PulumiCommand

	state   string // folder of the stacks' states
	history bool   // whether an operation's summary is wanted
}

var commands sync.Map // *engine by the engine's folder

type engine struct {
	once    sync.Once
	command auto.PulumiCommand
	err     error
}

// newCommand asks the engine for its version once.
func (e Env) newCommand(state string, history bool) (command, error) {
	found, _ := commands.LoadOrStore(e.engineRoot(), &engine{})
	one := found.(*engine)
	one.once.Do(func() { one.command, one.err = auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: e.engineRoot()}) })
	if one.err != nil {
		return command{}, fmt.Errorf("starting the engine: %w", one.err)
	}
	return command{one.command, state, history}, nil
}

// has says whether a stack has been made.
func (c command) has(stack string) bool {
	_, err := os.Stat(stateFile(c.state, stack))
	return err == nil
}

// Run runs pulumi, but where its answer is known: a stack that is there can be selected, nobody asked for the history, and outputs
// without a secret among them are in the state.
func (c command) Run(
	ctx context.Context, dir string, in io.Reader, out, errOut []io.Writer, env []string, args ...string,
) (stdout, stderr string, code int, err error) {
	switch called, last := strings.Join(args[:min(2, len(args))], " "), args[len(args)-1]; {
	case called == "stack select" && c.has(last):
		return "", "", 0, nil
	case called == "stack history" && !c.history:
		return "[]", "", 0, nil
	case called == "stack output":
		text, err := plainOutputs(c.state, last)
		if err != nil {
			return "", err.Error(), 1, err
		}
		if text != "" {
			return text, "", 0, nil
		}
	}
	return c.PulumiCommand.Run(ctx, dir, in, out, errOut, env, args...)
}
