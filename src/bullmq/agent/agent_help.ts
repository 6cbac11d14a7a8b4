/**
 * The help of an agent's command line.
 *
 * @module
 */

/** What `--help` shows. */
export const AGENT_HELP =
  `Runs tasks that callers put into Redis: new Parallel(n, { backend: bullmq({ … }) }).

Who can write to that Redis can have tasks run here. So say which modules they may be of,
and give Redis a password.

Usage: deno run -A jsr:@paralog/paralog/agent --redis=URL --allow-module=PATTERN [OPTIONS]

Redis:
  --redis=URL            redis://USER:PASSWORD@HOST:6379/0, or rediss://… for an encrypted
                         connection. Better in the variable PARALOG_REDIS_URL (or REDIS_URL):
                         everybody on a machine sees command lines. Default: redis://127.0.0.1:6379
  --tls-ca=FILE          the authority that has signed the certificate of Redis, in PEM
  --tls-cert=FILE, --tls-key=FILE
                         the certificate of this agent and its key, if Redis asks for one

Work:
  --pool=NAME            take jobs of this pool; callers name it, too. Default: default
  --n-jobs=N             how many jobs run at once: 1, 2, 3, …, or -1 for all cores, -2 for all
                         but one. Default: -1
  --name=NAME            how the agent is called in logs. Default: the host and the process

What is run:
  --allow-module=PATTERN run tasks of these modules; may be given several times. A path or a URL
                         (file:, https:, http:). "*" stands for a part of a name, "**" for folders,
                         "/" at the end for all that is below. Or a package:
                         jsr:@scope/name, npm:name, with @1.2.3 for one version.
                         To import a module runs its top level, so allow the modules that have
                         tasks, in a folder that only you can write to.
  --allow-source         run functions that callers send by their source: all that can be written
  --map-module=FROM=TO   this machine has the modules elsewhere: file:///home/me/app/=/srv/app/;
                         may be given several times

What tasks may do:
  --task-allow-NAME, --task-allow-NAME=LIST
                         read, write, net, env, sys, run, ffi, import: as Deno's own --allow-NAME.
                         With one of them, tasks have no others. Default: what the agent may do
  --task-allow-none      nothing but to compute
  --memory-limit=MB      how much memory a task gets at most. Default: what Deno gives it
  --max-payload=MB       the longest job and the longest result, up to 256. Default: 16

Processes and times:
  --idle-processes=N     how many processes without work are kept, for the next jobs of their
                         callers. Default: twice --n-jobs
  --lock-duration=MS     after how long a job of an agent that was lost is given to another one.
                         Default: 10000
  --idle-timeout=S       after how long a process without work ends. Default: 60

Logs, on stderr:
  --log-level=LEVEL      DEBUG, INFO, WARN, ERROR or CRITICAL. Default: INFO
  --log-format=FORMAT    text or json. Default: text

  --version              show the version
  -h, --help             show this text

SIGTERM or Ctrl-C: take no more jobs, finish those that run, and end with code 0. A second one ends
it at once; other agents run its jobs again.`;
