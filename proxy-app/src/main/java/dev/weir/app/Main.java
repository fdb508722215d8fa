package dev.weir.app;

import dev.weir.app.CommandLine.Request;
import dev.weir.app.demo.DemoCommand;
import dev.weir.app.demo.DemoPorts;
import dev.weir.app.host.QuitSignal;
import dev.weir.app.host.Signals;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The program: reads the command line and does what it says. */
public final class Main {
  private final ProxyFactory factory;
  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  Main(ProxyFactory factory, Map<String, String> environment, PrintStream out, PrintStream err) {
    this.factory = factory;
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Ends the JVM: threads of libraries must not keep a process alive that is done. */
  public static void main(String[] arguments) throws InterruptedException {
    int status = new Main(new Wiring(), System.getenv(), System.out, System.err)
        .run(System.getProperty("weir.program", "weir"), arguments);
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }

  /** @return the exit status */
  int run(String program, String... arguments) throws InterruptedException {
    return switch (CommandLine.parse(program, arguments)) {
      case Request.Say(String text, String problem, int status) -> {
        out.print(text);
        err.print(problem);
        yield status;
      }
      case Request.Run(Options options) -> new Lifecycle(factory, options, environment).run();
      case Request.Demo(DemoPorts ports) -> demo(ports);
      case Request.Train _ -> Training.run(factory, err);
    };
  }

  private int demo(DemoPorts ports) {
    Path servers = Path.of(System.getProperty("weir.home", "."), "embedded");
    DemoCommand demo = new DemoCommand(new DemoProxy(factory), servers, ports, out, err);
    for (String signal : List.of("TERM", "INT", "HUP")) {
      Signals.on(signal, demo::stop);
    }
    QuitSignal.handle(demo::stop);
    return demo.run();
  }
}
