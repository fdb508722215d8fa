package dev.weir.app;

import dev.weir.core.auth.LdapAuthenticator;
import dev.weir.core.auth.LdapOptions;
import dev.weir.core.auth.PamAuthenticator;
import dev.weir.core.auth.PasswordCheck;
import dev.weir.core.net.tls.TlsConfigException;
import dev.weir.core.net.tls.TlsTrust;
import dev.weir.core.pg.ExternalAuth;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the directory and the system. Thread-safe; made ready at first use, as most configurations need neither. */
final class SystemAuth implements ExternalAuth {
  private static final Logger LOG = LoggerFactory.getLogger(SystemAuth.class);
  /** Rules of an HBA file have their own options; there are never many. */
  private static final int MAX_DIRECTORIES = 1000;

  private final Map<String, LdapAuthenticator> directories = new ConcurrentHashMap<>();
  private @Nullable PamAuthenticator pam;

  @Override
  public boolean ldap(String options, String user, String password) {
    try {
      if (directories.size() > MAX_DIRECTORIES) {
        directories.clear();
      }
      LdapAuthenticator directory = directories.get(options);
      if (directory == null) {
        directory = new LdapAuthenticator(LdapOptions.parse(options), TlsTrust.sockets(""));
        directories.put(options, directory);
      }
      return accepted("LDAP", user, directory.check(user, password));
    } catch (IllegalArgumentException | TlsConfigException e) {
      LOG.warn("LDAP options: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public boolean pam(String user, String password, String remoteHost) {
    try {
      return accepted("PAM", user,
          pam().check(user, password, remoteHost).toCompletableFuture().join());
    } catch (IllegalStateException | CompletionException e) {
      LOG.error("{}", e.getMessage());
      return false;
    }
  }

  private synchronized PamAuthenticator pam() {
    PamAuthenticator opened = pam;
    if (opened == null) {
      opened = PamAuthenticator.open();
      pam = opened;
    }
    return opened;
  }

  private static boolean accepted(String who, String user, PasswordCheck check) {
    return switch (check) {
      case PasswordCheck.Ok _ -> true;
      case PasswordCheck.Rejected(String reason) -> {
        LOG.info("{} rejected user {}: {}", who, user, reason);
        yield false;
      }
      case PasswordCheck.Unavailable(String reason) -> {
        LOG.warn("{} is not available: {}", who, reason);
        yield false;
      }
    };
  }
}
