package dev.weir.app;

import dev.weir.app.demo.DemoCommand;
import dev.weir.app.log.Logs;
import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigException;
import dev.weir.core.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Gives the demo a proxy in its own process, which logs to the file its configuration names. */
record DemoProxy(ProxyFactory factory) implements DemoCommand.Starter {
  @Override
  public DemoCommand.RunningProxy start(Path configFile) throws IOException, InterruptedException {
    Logs logs = Logs.install(false, 0);
    boolean started = false;
    try {
      Config config = ConfigReader.readAtStart(configFile, 0);
      logs.apply(LogPlans.of(config, false));
      Proxy proxy = factory.start(config, Options.of(configFile), new Events(logs));
      started = true;
      CountDownLatch ended = new CountDownLatch(1);
      Thread.ofPlatform().daemon().name("proxy-end").start(() -> {
        try {
          proxy.awaitExit();
          ended.countDown();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
      });
      return new Running(proxy, ended, logs);
    } catch (ConfigException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (!started) {
        logs.close();
      }
    }
  }

  private record Running(Proxy proxy, CountDownLatch ended,
      Logs logs) implements DemoCommand.RunningProxy {
    @Override
    public boolean hasEnded() {
      return ended.getCount() == 0;
    }

    @Override
    public void close() {
      proxy.close();
      logs.close();
    }
  }

  private record Events(Logs logs) implements ProxyEvents {
    @Override
    public void configLoaded(Config config) {
      logs.apply(LogPlans.of(config, false));
    }

    @Override
    public void statsLine(String line) {
      // it is in the log already
    }
  }
}
