package dev.weir.app;

import dev.weir.admin.proxysql.AdminOptions;
import dev.weir.app.demo.DemoPorts;
import dev.weir.core.control.ProductVersion;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the command line as PgBouncer does with getopt_long(3): options may be abbreviated, joined and mixed with the
 * file, and the texts are the same. Confined to the thread that parses.
 */
final class CommandLine {
  /** What to do. */
  sealed interface Request {
    /** Serve. */
    record Run(Options options) implements Request {}

    /** Serve a PostgreSQL and a MariaDB of our own. */
    record Demo(DemoPorts ports) implements Request {}

    /** Start and end once, so that the JVM can record what it loads. */
    record Train() implements Request {}

    /** Say something and end; one of the texts is empty. */
    record Say(String out, String err, int status) implements Request {}
  }

  /** An option; those without an argument have a letter of PgBouncer's. */
  private record Option(String name, char letter, boolean argument) {}

  private static final List<Option> SERVE = List.of(new Option("quiet", 'q', false),
      new Option("verbose", 'v', false), new Option("help", 'h', false),
      new Option("daemon", 'd', false), new Option("version", 'V', false),
      new Option("reboot", 'R', false),
      new Option("user", 'u', true),
      // ProxySQL's, so that its unit files start us
      new Option("config", 'c', true), new Option("datadir", 'D', true),
      new Option("foreground", 'f', false), new Option("initial", '\0', false),
      new Option("reload", '\0', false), new Option("idle-threads", '\0', false));
  private static final List<Option> DEMO = List.of(new Option("port", 'p', true),
      new Option("http-port", 'H', true), new Option("mysql-port", 'm', true),
      new Option("admin-port", 'a', true), new Option("help", 'h', false));
  private static final int DEMO_PORT = 6432;
  private static final int DEMO_HTTP_PORT = 9127;
  private static final int DEMO_MYSQL_PORT = 6033;
  private static final int DEMO_ADMIN_PORT = 6032;

  private final String program;
  private final List<Option> known;
  private final Deque<String> left;

  private boolean daemon;
  private boolean quiet;
  private boolean reboot;
  private int verbose;
  private @Nullable String user;
  private @Nullable String config;
  private @Nullable Path datadir;
  private AdminOptions.Saved saved = AdminOptions.Saved.KEPT;
  private int port = DEMO_PORT;
  private int httpPort = DEMO_HTTP_PORT;
  private int mysqlPort = DEMO_MYSQL_PORT;
  private int adminPort = DEMO_ADMIN_PORT;

  private CommandLine(String program, List<Option> known, List<String> arguments) {
    this.program = program;
    this.known = known;
    this.left = new ArrayDeque<>(arguments);
  }

  /** @param program how the user called us, for messages */
  static Request parse(String program, String... arguments) {
    List<String> all = Arrays.asList(arguments);
    if (!all.isEmpty() && all.getFirst().equals("demo")) {
      return new CommandLine(program, DEMO, all.subList(1, all.size())).demo();
    }
    if (all.equals(List.of("--aot-train"))) {
      return new Request.Train();
    }
    return new CommandLine(program, SERVE, all).serve();
  }

  private Request serve() {
    Deque<String> files = new ArrayDeque<>();
    Request early = options(files);
    if (early != null) {
      return early;
    }
    if (config != null) {
      files.add(config);
    }
    if (files.size() != 1) {
      return new Request.Say("", program + ": no configuration file specified\n" + hint(), 1);
    }
    return new Request.Run(new Options(Path.of(files.getFirst()), daemon, quiet, reboot, verbose,
        user, datadir, saved));
  }

  private Request demo() {
    Deque<String> files = new ArrayDeque<>();
    Request early = options(files);
    if (early != null) {
      return early;
    }
    if (!files.isEmpty()) {
      return wrong("demo takes no argument '" + files.getFirst() + "'");
    }
    Map<Integer, String> taken = new HashMap<>();
    for (Map.Entry<String, Integer> each : List.of(Map.entry("--port", port),
        Map.entry("--http-port", httpPort), Map.entry("--mysql-port", mysqlPort),
        Map.entry("--admin-port", adminPort))) {
      String other = taken.put(each.getValue(), each.getKey());
      if (other != null) {
        return wrong(other + " and " + each.getKey() + " are both " + each.getValue());
      }
    }
    return new Request.Demo(new DemoPorts(port, httpPort, mysqlPort, adminPort));
  }

  /** Takes all options; others are added to {@code files}. Not null when that ends the program. */
  private @Nullable Request options(Deque<String> files) {
    while (!left.isEmpty()) {
      String word = left.removeFirst();
      Request early = null;
      if (word.equals("--")) {
        files.addAll(left);
        left.clear();
      } else if (word.startsWith("--")) {
        early = longOption(word.substring(2));
      } else if (word.length() > 1 && word.charAt(0) == '-') {
        early = letters(word.substring(1));
      } else {
        files.add(word);
      }
      if (early != null) {
        return early;
      }
    }
    return null;
  }

  private @Nullable Request longOption(String word) {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    List<Option> matches = known.stream().filter(option -> option.name().equals(name)).toList();
    if (matches.isEmpty()) {
      matches = known.stream().filter(option -> option.name().startsWith(name)).toList();
    }
    if (matches.isEmpty()) {
      return wrong("unrecognized option '--" + word + "'");
    }
    if (matches.size() > 1) {
      StringBuilder possible = new StringBuilder();
      matches.forEach(option -> possible.append(" '--").append(option.name()).append('\''));
      return wrong("option '--" + word + "' is ambiguous; possibilities:" + possible);
    }
    Option option = matches.getFirst();
    if (!option.argument()) {
      return equals < 0
          ? apply(option, "")
          : wrong("option '--" + option.name() + "' doesn't allow an argument");
    }
    if (equals >= 0) {
      return apply(option, word.substring(equals + 1));
    }
    return left.isEmpty()
        ? wrong("option '--" + option.name() + "' requires an argument")
        : apply(option, left.removeFirst());
  }

  private @Nullable Request letters(String word) {
    for (int i = 0; i < word.length(); i++) {
      char letter = word.charAt(i);
      Option option = known.stream().filter(o -> o.letter() == letter).findFirst().orElse(null);
      if (option == null) {
        return wrong("invalid option -- '" + letter + "'");
      }
      if (option.argument()) {
        String rest = word.substring(i + 1);
        if (!rest.isEmpty()) {
          return apply(option, rest);
        }
        return left.isEmpty()
            ? wrong("option requires an argument -- '" + letter + "'")
            : apply(option, left.removeFirst());
      }
      Request early = apply(option, "");
      if (early != null) {
        return early;
      }
    }
    return null;
  }

  private @Nullable Request apply(Option option, String argument) {
    switch (option.name()) {
      case "quiet" -> quiet = true;
      case "verbose" -> verbose++;
      case "daemon" -> daemon = true;
      case "reboot" -> reboot = true;
      case "user" -> user = argument;
      case "config" -> config = argument;
      case "datadir" -> datadir = Path.of(argument);
      case "initial" -> saved = AdminOptions.Saved.SET_ASIDE;
      case "reload" -> saved = AdminOptions.Saved.OVERLAID;
      case "foreground", "idle-threads" -> {
        // as it is here anyhow
      }
      case "port", "http-port", "mysql-port", "admin-port" -> {
        int number = portNumber(argument);
        if (number < 0) {
          return wrong(
              "--" + option.name() + " must be a number from 1 to 65535, not '" + argument + "'");
        }
        switch (option.name()) {
          case "port" -> port = number;
          case "mysql-port" -> mysqlPort = number;
          case "admin-port" -> adminPort = number;
          default -> httpPort = number;
        }
      }
      case "help" -> {
        return new Request.Say(known.equals(DEMO) ? demoHelp() : help(), "", 0);
      }
      case "version" -> {
        return new Request.Say(version(), "", 0);
      }
      default -> throw new IllegalStateException(option.name());
    }
    return null;
  }

  private static int portNumber(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      return -1;
    }
    int number = Integer.parseInt(text);
    return number >= 1 && number <= 65535 ? number : -1;
  }

  private Request wrong(String message) {
    return new Request.Say("", program + ": " + message + "\n" + hint(), 1);
  }

  private String hint() {
    return "Try \"" + program + (known.equals(DEMO) ? " demo" : "")
        + " --help\" for more information.\n";
  }

  private String help() {
    return String.format(Locale.ROOT, """
        %1$s is a connection pooler for PostgreSQL and MySQL.

        Usage:
          %1$s [OPTION]... CONFIG_FILE
          %1$s demo [OPTION]...

        Options:
          -d, --daemon         run in background (as a daemon)
          -q, --quiet          run quietly
          -R, --reboot         do an online reboot
          -u, --user=USERNAME  assume identity of USERNAME
          -v, --verbose        increase verbosity
          -V, --version        show version, then exit
          -h, --help           show this help, then exit

        With a proxysql.cnf in the place of the configuration file:
          -c, --config=FILE    another way to name it
          -D, --datadir=PATH   where the saved configuration is
              --initial        set it aside and read the file
              --reload         read the file over it
          -f, --foreground, --idle-threads   accepted; nothing changes

        "demo" starts servers of its own and the pooler in front of them;
        a configuration file of that name is ./demo.
        """, program);
  }

  private String demoHelp() {
    return String.format(Locale.ROOT, """
        %1$s demo starts PostgreSQL and MariaDB with throw-away data and the pooler in
        front of them, and prints how to connect. Ctrl-C ends all and removes the data.

        Usage:
          %1$s demo [OPTION]...

        Options:
          -p, --port=PORT        port for PostgreSQL's clients (%2$d)
          -m, --mysql-port=PORT  port for MySQL's clients (%3$d)
          -a, --admin-port=PORT  port of the MySQL console (%4$d)
          -H, --http-port=PORT   port of the metrics (%5$d)
          -h, --help             show this help, then exit
        """, program, DEMO_PORT, DEMO_MYSQL_PORT, DEMO_ADMIN_PORT, DEMO_HTTP_PORT);
  }

  private static String version() {
    return ProductVersion.FULL + "\n" + Versions.netty() + "\n" + Versions.java() + "\n";
  }
}
