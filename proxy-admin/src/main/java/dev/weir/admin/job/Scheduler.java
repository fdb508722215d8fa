package dev.weir.admin.job;

import dev.weir.core.config.mysql.SchedulerJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the programs of {@code scheduler}, each at its interval, the first time after one interval. As in ProxySQL a run
 * does not wait for the one before; but no more than {@value #MOST_RUNNING} of a job are there at once. Thread-safe.
 */
public final class Scheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
  private static final int MOST_RUNNING = 20;

  private final List<Thread> threads = new ArrayList<>();

  /** From now on these jobs run and no others; what has been started goes on. */
  public synchronized void runs(List<SchedulerJob> jobs) {
    close();
    for (SchedulerJob job : jobs) {
      if (job.active()) {
        threads.add(Thread.ofVirtual().name("scheduler-" + job.id()).start(() -> loop(job)));
      }
    }
  }

  private static void loop(SchedulerJob job) {
    AtomicInteger running = new AtomicInteger();
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(job.intervalMs());
      } catch (InterruptedException e) {
        return;
      }
      if (running.get() >= MOST_RUNNING) {
        LOG.warn("scheduler {}: {} of {} are running, one is left out", job.id(), MOST_RUNNING,
            job.filename());
      } else {
        start(job, running);
      }
    }
  }

  private static void start(SchedulerJob job, AtomicInteger running) {
    try {
      running.incrementAndGet();
      Script.started(command(job), ProcessBuilder.Redirect.DISCARD).onExit()
          .whenComplete((ended, failure) -> running.decrementAndGet());
    } catch (IOException e) {
      running.decrementAndGet();
      LOG.error("scheduler {}: cannot run {}: {}", job.id(), job.filename(), e.getMessage());
    }
  }

  /** The program and its arguments up to the first that is NULL. */
  static List<String> command(SchedulerJob job) {
    List<String> command = new ArrayList<>(List.of(job.filename()));
    for (@Nullable String argument : new @Nullable String[]{job.arg1(), job.arg2(), job.arg3(),
      job.arg4(), job.arg5()}) {
      if (argument == null) {
        break;
      }
      command.add(argument);
    }
    return command;
  }

  @Override
  public synchronized void close() {
    threads.forEach(Thread::interrupt);
    threads.clear();
  }
}
