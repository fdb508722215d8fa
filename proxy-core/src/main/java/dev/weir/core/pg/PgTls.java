package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.HbaRule;
import dev.weir.core.config.IdentMaps;
import dev.weir.core.net.Link;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** TLS towards clients and towards servers, as the configuration in force has it. Thread-safe. */
public final class PgTls {
  /** A configuration whose TLS part cannot work; the old one stays. */
  static final class TlsRefused extends Exception {
    private static final long serialVersionUID = 1L;

    TlsRefused(String message) {
      super(message, null, false, false);
    }
  }

  /** Builds the contexts anew; true when what servers see has changed. */
  boolean apply(Config config) throws TlsRefused {
    return false;
  }

  Clients clients() {
    return new Clients();
  }

  Servers servers() {
    return new Servers();
  }

  static String text(Link link) {
    return link.tlsSession() == null ? "" : "TLS";
  }

  static final class Clients {
    boolean offered() {
      return false;
    }

    boolean required() {
      return false;
    }

    void start(Link link, @Nullable ByteBuf early, Consumer<@Nullable String> done) {
      done.accept("TLS is not set up");
    }

    @Nullable
    String certificateProblem(Link link, String user, @Nullable HbaRule rule, IdentMaps ident) {
      return "TLS client certificate required";
    }
  }

  static final class Servers {
    boolean offered() {
      return false;
    }

    boolean required() {
      return false;
    }

    void start(Link link, String host, int port, Consumer<@Nullable String> done) {
      done.accept("TLS is not set up");
    }
  }
}
