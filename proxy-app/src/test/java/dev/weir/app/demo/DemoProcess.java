package dev.weir.app.demo;

import dev.weir.app.host.Signals;
import java.nio.file.Files;
import java.nio.file.Path;

/** The demo with a proxy that only shows its configuration. */
public final class DemoProcess {
  private DemoProcess() {}

  public static void main(String[] arguments) {
    DemoCommand demo = new DemoCommand(config -> {
      System.out.println(Files.readString(config));
      return new Nobody();
    }, Path.of(arguments[0]), new DemoPorts(Integer.parseInt(arguments[1]),
        Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]),
        Integer.parseInt(arguments[4])), System.out, System.err);
    Signals.on("INT", demo::stop);
    Signals.on("TERM", demo::stop);
    System.out.println("signals");
    System.out.flush();
    Runtime.getRuntime().halt(demo.run());
  }

  private record Nobody() implements DemoCommand.RunningProxy {
    @Override
    public boolean hasEnded() {
      return false;
    }

    @Override
    public void close() {
      System.out.println("proxy closed");
    }
  }
}
