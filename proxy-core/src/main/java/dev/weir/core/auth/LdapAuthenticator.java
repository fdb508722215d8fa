package dev.weir.core.auth;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.SSLSocketVerifier;
import dev.weir.core.net.tls.HostNames;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Checks passwords by binding to a directory. Immutable; every check blocks for up to some seconds and opens connections
 * of its own: call it on a virtual thread, and bound how many run at once.
 */
public final class LdapAuthenticator {
  /** Longest wait for a connection, and for each answer. */
  private static final int TIMEOUT_MILLIS = 3000;

  /** Characters that a user name to be searched for may not hold: filters and DNs give them a meaning. */
  private static final String UNSEARCHABLE = "*()\\/";

  private final LdapOptions options;
  private final SSLSocketFactory sockets;

  /** {@code sockets} makes the TLS sockets of ldaps and StartTLS; its trust decides which directories are believed. */
  public LdapAuthenticator(LdapOptions options, SSLSocketFactory sockets) {
    this.options = options;
    this.sockets = sockets;
  }

  /** Whether the directory knows {@code user} by {@code password}. */
  public PasswordCheck check(String user, String password) {
    if (password.isEmpty()) {
      // A bind with a name and no password is an anonymous one (RFC 4513 5.1.2) and succeeds for everybody.
      return new PasswordCheck.Rejected("empty password returned by client");
    }
    if (user.isEmpty() || user.indexOf('\0') >= 0) {
      return new PasswordCheck.Rejected("invalid character in user name for LDAP authentication");
    }
    if (options.direct()) {
      return bind(directName(user), password);
    }
    if (user.chars().anyMatch(c -> UNSEARCHABLE.indexOf(c) >= 0)) {
      return new PasswordCheck.Rejected("invalid character in user name for LDAP authentication");
    }
    return searchAndBind(user, password);
  }

  private String directName(String user) {
    // After "uid=" the name is part of a DN; after "DOMAIN\" or before "@domain" it is not.
    return options.prefix() + (options.prefix().endsWith("=") ? escaped(user) : user)
        + options.suffix();
  }

  /** A value within a DN (RFC 4514 2.4). */
  private static String escaped(String value) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean edge = i == 0 || i == value.length() - 1;
      if (",+\"\\<>;=".indexOf(c) >= 0 || (c == ' ' && edge) || (c == '#' && i == 0)) {
        out.append('\\');
      }
      out.append(c);
    }
    return out.toString();
  }

  private PasswordCheck searchAndBind(String user, String password) {
    String dn;
    try (LDAPConnection connection = connect()) {
      if (!options.bindDn().isEmpty()) {
        connection.bind(options.bindDn(), options.bindPassword());
      }
      SearchRequest request = new SearchRequest(options.baseDn(), options.scope(), filter(user),
          SearchRequest.NO_ATTRIBUTES);
      request.setSizeLimit(2);
      SearchResult found = connection.search(request);
      List<SearchResultEntry> entries = found.getSearchEntries();
      if (entries == null || entries.size() != 1) {
        return noSingle(user, found.getEntryCount());
      }
      dn = entries.getFirst().getDN();
    } catch (LDAPException e) {
      if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
        return noSingle(user, 2);
      }
      return new PasswordCheck.Unavailable(
          "could not search for LDAP user \"" + user + "\" with " + options + ": "
              + e.getMessage());
    }
    return bind(dn, password);
  }

  private static PasswordCheck noSingle(String user, int count) {
    return new PasswordCheck.Rejected(
        "LDAP user \"" + user + "\" " + (count == 0 ? "does not exist" : "is not unique"));
  }

  private Filter filter(String user) throws LDAPException {
    return options.filter().isEmpty()
        ? Filter.createEqualityFilter(options.attribute(), user)
        : Filter.create(options.filter().replace("$username", Filter.encodeValue(user)));
  }

  private PasswordCheck bind(String name, String password) {
    try (LDAPConnection connection = connect()) {
      connection.bind(name, password);
      return new PasswordCheck.Ok();
    } catch (LDAPException e) {
      String reason = "LDAP login failed for \"" + name + "\" with " + options + ": "
          + e.getMessage();
      return answered(e.getResultCode())
          ? new PasswordCheck.Rejected(reason)
          : new PasswordCheck.Unavailable(reason);
    }
  }

  /** Whether a directory judged the bind, rather than being out of reach or out of order. */
  private static boolean answered(ResultCode code) {
    return code.isConnectionUsable() && !code.isClientSideResultCode()
        && !code.equals(ResultCode.BUSY)
        && !code.equals(ResultCode.UNAVAILABLE) && !code.equals(ResultCode.OTHER);
  }

  /** A connection to the first server that lets us in, TLS begun where it is asked for. */
  private LDAPConnection connect() throws LDAPException {
    LDAPException last = null;
    for (String server : options.servers()) {
      try {
        return connect(server);
      } catch (LDAPException e) {
        last = e;
      }
    }
    throw last == null ? new LDAPException(ResultCode.CONNECT_ERROR, "no LDAP server") : last;
  }

  private LDAPConnection connect(String server) throws LDAPException {
    LDAPConnectionOptions wire = new LDAPConnectionOptions();
    wire.setUseSynchronousMode(true); // no reader thread for a connection of one question
    wire.setConnectTimeoutMillis(TIMEOUT_MILLIS);
    wire.setResponseTimeoutMillis(TIMEOUT_MILLIS);
    wire.setSSLSocketVerifier(new HostCheck());
    wire.setFollowReferrals(false);
    int colon = server.startsWith("[")
        ? server.indexOf(':', server.indexOf(']') + 1)
        : server.indexOf(':');
    String host = (colon < 0 ? server : server.substring(0, colon)).replaceAll("[\\[\\]]", "");
    LDAPConnection connection = options.ldaps()
        ? new LDAPConnection(sockets, wire)
        : new LDAPConnection(wire);
    try {
      connection.connect(host, port(colon < 0 ? "" : server.substring(colon + 1)), TIMEOUT_MILLIS);
      if (options.startTls()) {
        connection.processExtendedOperation(new StartTLSExtendedRequest(sockets));
      }
      return connection;
    } catch (LDAPException e) {
      connection.close();
      throw e;
    }
  }

  private int port(String own) throws LDAPException {
    try {
      return !own.isEmpty() ? Integer.parseInt(own) : portOfScheme();
    } catch (NumberFormatException e) {
      throw new LDAPException(ResultCode.PARAM_ERROR,
          "bad port \"" + own.toLowerCase(Locale.ROOT) + "\"", e);
    }
  }

  private int portOfScheme() {
    if (options.port() != 0) {
      return options.port();
    }
    return options.ldaps() ? 636 : 389;
  }

  /** Strict as towards database servers. (The library's own check takes what an address resolves to for its name.) */
  private static final class HostCheck extends SSLSocketVerifier {
    @Override
    public void verifySSLSocket(String host, int port, SSLSocket socket) throws LDAPException {
      try {
        if (socket.getSession().getPeerCertificates()[0] instanceof X509Certificate certificate
            && HostNames.match(certificate, host)) {
          return;
        }
      } catch (SSLPeerUnverifiedException e) {
        throw new LDAPException(ResultCode.CONNECT_ERROR, "no certificate from \"" + host + "\"",
            e);
      }
      throw new LDAPException(ResultCode.CONNECT_ERROR,
          "the certificate is not made out for \"" + host + "\"");
    }
  }
}
