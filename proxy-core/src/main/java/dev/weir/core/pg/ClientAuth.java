package dev.weir.core.pg;

import dev.weir.core.config.AuthSettings;
import dev.weir.core.config.AuthType;
import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.HbaMethod;
import dev.weir.core.config.HbaQuestion;
import dev.weir.core.config.HbaRule;
import dev.weir.core.control.Access;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.pg.auth.Md5Password;
import dev.weir.pg.auth.ScramFailure;
import dev.weir.pg.auth.ScramKeys;
import dev.weir.pg.auth.ScramSecret;
import dev.weir.pg.auth.ScramServer;
import dev.weir.pg.auth.StoredSecret;
import dev.weir.pg.message.Authentication;
import dev.weir.pg.message.PasswordMessage;
import dev.weir.pg.message.SaslInitialResponse;
import dev.weir.pg.message.SaslResponse;
import dev.weir.pg.message.WireText;
import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a client proves who it is: finds the user's secret and the method, then runs the exchange. Confined to the client's
 * worker; expensive steps run elsewhere and come back. An unknown user gets the same exchange as a known one and fails at
 * its end.
 */
final class ClientAuth {
  private static final Logger LOG = LoggerFactory.getLogger(ClientAuth.class);
  /** With its zero: as PgBouncer's MAX_PASSWORD. */
  static final int MAX_PASSWORD = 65_531;

  private final PgRuntime runtime;
  private final PgSession session;
  private final ClientLogin login;
  private final @Nullable Database database;
  private final boolean console;
  private final boolean tls;
  private final Identity who;
  private @Nullable StoredSecret secret;
  private boolean userKnown;
  private @Nullable HbaRule rule;
  private @Nullable AuthQuery lookup;
  private @Nullable Expecting expecting;
  private @Nullable ScramKeys keys;
  private @Nullable String typed;
  private Access access = Access.STATS;
  private boolean over;

  /** What the client's next answer is. */
  private sealed interface Expecting {
    record Cleartext() implements Expecting {}

    record External(HbaMethod method, String options) implements Expecting {}

    @SuppressWarnings("ArrayRecordComponent") // four bytes, used once
    record Md5(byte[] salt) implements Expecting {}

    record ScramFirst(ScramServer exchange, boolean ownSecret) implements Expecting {}

    record ScramFinal(ScramServer exchange, boolean ownSecret) implements Expecting {}
  }

  ClientAuth(PgRuntime runtime, PgSession session, ClientLogin login, @Nullable Database database,
      boolean console,
      boolean tls) {
    this.runtime = runtime;
    this.session = session;
    this.login = login;
    this.database = database;
    this.console = console;
    this.tls = tls;
    this.who = session.identity();
  }

  boolean console() {
    return console;
  }

  Access access() {
    return access;
  }

  // --- finding the user ---

  void start() {
    Config config = runtime.config();
    if (console && ownAccountOnUnixSocket()) {
      LOG.info("{}pgbouncer access from unix socket", session);
      access = Access.ADMIN;
      if (login.admit(null)) {
        login.authenticated(this);
      }
      return;
    }
    AuthType type = config.get(AuthSettings.AUTH_TYPE);
    if (type == AuthType.ANY) {
      userKnown = true;
      admitAndChoose();
      return;
    }
    String filed = config.authFile().secretOf(who.user());
    if (filed != null) {
      known(StoredSecret.parse(filed));
      return;
    }
    if (type == AuthType.PAM || type == AuthType.LDAP) {
      if (database != null && database.entry().authUser() != null) {
        LOG.error("{}{} can't be used together with database authentication", session,
            type.spelling().toUpperCase(Locale.ROOT));
        session.refuse(Refusal.BOUNCER_CONFIG_ERROR);
        return;
      }
      userKnown = true;
      admitAndChoose();
      return;
    }
    HbaRule first = type == AuthType.HBA ? ruleForClient() : null;
    if (first != null && first.method() == HbaMethod.LDAP) {
      userKnown = true; // the directory knows its users, no file or query has to
      admitAndChoose();
      return;
    }
    lookUp();
  }

  private boolean ownAccountOnUnixSocket() {
    Link.Credentials peer = session.link().peerCredentials();
    return who.user().equals(PgRuntime.CONSOLE) && peer != null && peer.uid() == runtime.ownUid();
  }

  private void known(@Nullable StoredSecret found) {
    secret = found;
    userKnown = true;
    admitAndChoose();
  }

  private void lookUp() {
    Config config = runtime.config();
    DatabaseEntry entry = database != null ? database.entry() : null;
    String authUser = entry != null
        ? config.authUser(entry)
        : console ? config.get(AuthSettings.AUTH_USER) : null;
    String authDb = entry != null ? config.authDbname(entry) : config.get(AuthSettings.AUTH_DBNAME);
    if (authUser == null || authUser.isEmpty() || (entry == null && !console)) {
      LOG.info("{}no such user: {}", session, who.user());
      admitAndChoose(); // will fail in the ordinary way
      return;
    }
    if (authDb == null || authDb.isEmpty() || authDb.equals(PgRuntime.CONSOLE)) {
      if (console && (authDb == null || authDb.isEmpty())) {
        LOG.warn("{}cannot use the reserved \"pgbouncer\" database as an auth_dbname", session);
        session.refuse(Refusal.BOUNCER_CONFIG_ERROR);
        return;
      }
      LOG.warn("{}cannot use the reserved \"pgbouncer\" database as an auth_dbname", session);
      session.refuse(Refusal.BOUNCER_CONFIG_ERROR);
      return;
    }
    Database at = runtime.findDatabase(authDb);
    if (at == null) {
      LOG.warn("{}authentication database \"{}\" is not configured.", session, authDb);
      session.refuse(Refusal.BOUNCER_CONFIG_ERROR);
      return;
    }
    if (at.disabled()) {
      session.refuse(Refusal.no(1105, "authentication database \"" + authDb + "\" is disabled"));
      return;
    }
    String sql = entry != null ? config.authQuery(entry) : config.get(AuthSettings.AUTH_QUERY);
    String forced = at.entry().user();
    PgPool pool = runtime.pool(at, forced != null && forced.equals(authUser) ? forced : authUser);
    AuthQuery query = new AuthQuery(pool, session.worker(), sql, who.user(), this::looked);
    lookup = query;
    query.start();
  }

  private void looked(AuthQuery.Outcome outcome) {
    lookup = null;
    if (over) {
      return;
    }
    switch (outcome) {
      case AuthQuery.Outcome.Found(_, String found) -> {
        StoredSecret parsed = found == null ? null : StoredSecret.parse(found);
        runtime.user(who.user()).learn(parsed);
        known(parsed);
      }
      case AuthQuery.Outcome.NoSuchUser _ -> {
        LOG.info("{}no such user: {}", session, who.user());
        session.refuse(Refusal.NO_SUCH_USER);
      }
      case AuthQuery.Outcome.Failed(Refusal why) -> session.refuse(why);
    }
    login.goOn();
  }

  // --- choosing the method ---

  private void admitAndChoose() {
    AuthType type = runtime.config().get(AuthSettings.AUTH_TYPE);
    PgUser counted = userKnown && !console ? runtime.enter(countedAs(type)) : null;
    if (!login.admit(counted)) {
      return;
    }
    switch (type) {
      case ANY -> any();
      case TRUST -> trust();
      case PLAIN -> cleartext();
      case MD5 -> md5();
      case SCRAM_SHA_256 -> scram();
      case CERT -> certificate();
      case LDAP -> external(HbaMethod.LDAP,
          String.valueOf(runtime.config().get(AuthSettings.AUTH_LDAP_OPTIONS)));
      case PAM -> external(HbaMethod.PASSWORD, PAM);
      case HBA -> hba();
    }
  }

  /** With auth_type any the name a client gives means nothing. */
  private String countedAs(AuthType type) {
    String forced = database == null ? null : database.entry().user();
    return type == AuthType.ANY && forced != null ? forced : who.user();
  }

  /** Marks an external check as PAM's: it has no HBA method of its own. */
  private static final String PAM = "\0pam";

  private @Nullable HbaRule ruleForClient() {
    Link link = session.link();
    HbaQuestion.Via via = link.remote().unix()
        ? HbaQuestion.Via.LOCAL
        : tls ? HbaQuestion.Via.TLS : HbaQuestion.Via.PLAIN;
    HbaQuestion.Replication replication = switch (who.replication()) {
      case NONE -> HbaQuestion.Replication.NONE;
      case LOGICAL -> HbaQuestion.Replication.LOGICAL;
      case PHYSICAL -> HbaQuestion.Replication.PHYSICAL;
    };
    return runtime.config().hba()
        .match(new HbaQuestion(via, PgRuntime.addressOf(link), who.database(), who.user(),
            replication));
  }

  private void hba() {
    HbaRule found = ruleForClient();
    rule = found;
    if (found == null) {
      session.refuse(Refusal.NO_AUTH_METHOD);
      return;
    }
    switch (found.method()) {
      case TRUST -> trust();
      case REJECT -> session.refuse(Refusal.LOGIN_REJECTED);
      case MD5 -> md5();
      case PASSWORD -> cleartext();
      case SCRAM_SHA_256 -> scram();
      case CERT -> certificate();
      case PEER -> peer();
      case LDAP -> external(HbaMethod.LDAP, found.options());
    }
  }

  private void any() {
    if (!console && database != null && database.entry().user() == null) {
      LOG.warn("{}auth_type=any requires forced user", session);
      session.refuse(Refusal.BOUNCER_CONFIG_ERROR);
    } else {
      success();
    }
  }

  private void trust() {
    if (userKnown) {
      success();
    } else {
      session.refuse(Refusal.TRUST_FAILED);
    }
  }

  private void certificate() {
    if (!tls) {
      LOG.warn("{}TLS connection required", session);
      session.refuse(Refusal.CERT_FAILED);
      return;
    }
    String problem = runtime.clientTls().certificateProblem(session.link(), who.user(), rule,
        runtime.config().ident());
    if (problem != null) {
      LOG.warn("{}{}", session, problem);
      session.refuse(Refusal.CERT_FAILED);
    } else if (!userKnown) {
      session.refuse(Refusal.CERT_FAILED);
    } else {
      success();
    }
  }

  private void peer() {
    Link.Credentials peer = session.link().peerCredentials();
    String system = peer == null ? null : runtime.accountName(peer.uid());
    String map = rule == null ? null : rule.map();
    boolean same = system != null && (map == null
        ? system.equals(who.user())
        : runtime.config().ident().allows(map, system, who.user()));
    if (system != null && map != null && !same) {
      LOG.warn("{}ident map {} cannot be matched", session, map);
    }
    if (same && userKnown) {
      success();
    } else {
      session.refuse(Refusal.PEER_FAILED);
    }
  }

  // --- exchanges ---

  private void expect(Expecting next, Authentication request) {
    expecting = next;
    login.write(request);
    login.awaitAnswer();
  }

  private void cleartext() {
    expect(new Expecting.Cleartext(), new Authentication.CleartextPassword());
  }

  private void external(HbaMethod method, String options) {
    if (console && runtime.config().authFile().secretOf(who.user()) == null && !isConsoleUser()) {
      userKnown = false;
    }
    expect(new Expecting.External(method, options), new Authentication.CleartextPassword());
  }

  private boolean isConsoleUser() {
    return runtime.config().isAdmin(who.user()) || runtime.config().isStats(who.user());
  }

  private void md5() {
    if (secret instanceof StoredSecret.Scram) {
      scram();
      return;
    }
    byte[] salt = new byte[4];
    runtime.random().nextBytes(salt);
    expect(new Expecting.Md5(salt), new Authentication.Md5Password(salt));
  }

  private void scram() {
    int iterations = runtime.config().get(AuthSettings.SCRAM_ITERATIONS);
    switch (secret) {
      case StoredSecret.Scram(ScramSecret stored) ->
        offerScram(ScramServer.of(stored, runtime.random()), true);
      case StoredSecret.Plain(String password) when !password.isEmpty() && userKnown -> {
        PgUser user = runtime.user(who.user());
        ScramSecret made = user.verifierOf(password, iterations);
        if (made != null) {
          offerScram(ScramServer.of(made, runtime.random()), false);
        } else {
          elsewhere(() -> ScramSecret.derive(password, iterations, runtime.random()), verifier -> {
            user.keepVerifier(password, verifier);
            offerScram(ScramServer.of(verifier, runtime.random()), false);
          });
        }
      }
      case null, default -> offerScram(ScramServer.mock(
          ScramSecret.mock(who.user(), runtime.mockKey(), iterations), runtime.random()), false);
    }
  }

  private void offerScram(ScramServer exchange, boolean ownSecret) {
    expect(new Expecting.ScramFirst(exchange, ownSecret),
        new Authentication.Sasl(List.of(ScramServer.MECHANISM)));
  }

  // --- answers ---

  /** The client's answer; the body is valid during the call. */
  void answer(ByteBuf body) {
    Expecting now = expecting;
    expecting = null;
    switch (now) {
      case Expecting.Cleartext _ -> {
        String password = password(body);
        if (password != null) {
          checkPassword(password);
        }
      }
      case Expecting.External(HbaMethod _, String options) -> {
        String password = password(body);
        if (password != null) {
          askElsewhere(options, password);
        }
      }
      case Expecting.Md5(byte[] salt) -> {
        String response = password(body);
        if (response != null) {
          checkMd5(salt, response);
        }
      }
      case Expecting.ScramFirst(ScramServer exchange, boolean own) ->
        scramFirst(exchange, own, body);
      case Expecting.ScramFinal(ScramServer exchange, boolean own) ->
        scramFinal(exchange, own, body);
      case null -> session.refuse(Refusal.BAD_PACKET);
    }
  }

  private @Nullable String password(ByteBuf body) {
    if (body.readableBytes() > MAX_PASSWORD) {
      session.refuse(Refusal.PASSWORD_TOO_LONG);
      return null;
    }
    String password = PasswordMessage.decode(body).password();
    if (password.isEmpty()) {
      session.refuse(Refusal.EMPTY_PASSWORD);
      return null;
    }
    return password;
  }

  private void checkPassword(String password) {
    switch (secret) {
      case StoredSecret.Plain(String stored) when userKnown ->
        verdict(!stored.isEmpty() && same(stored, password));
      case StoredSecret.Md5(String hash) when userKnown ->
        verdict(same(hash, Md5Password.hash(who.user(), password)));
      case StoredSecret.Scram(ScramSecret stored) when userKnown ->
        elsewhere(() -> stored.matches(password), this::verdict);
      case null, default -> verdict(false);
    }
  }

  private void checkMd5(byte[] salt, String response) {
    switch (secret) {
      case StoredSecret.Plain(String stored) when userKnown -> verdict(!stored.isEmpty()
          && Md5Password.verify(Md5Password.hash(who.user(), stored), salt, response));
      case StoredSecret.Md5(String hash) when userKnown ->
        verdict(Md5Password.verify(hash, salt, response));
      case null, default -> verdict(false);
    }
  }

  private static boolean same(String a, String b) {
    return MessageDigest.isEqual(WireText.encode(a), WireText.encode(b));
  }

  private void verdict(boolean right) {
    if (right) {
      success();
    } else {
      session.refuse(Refusal.PASSWORD_FAILED);
    }
  }

  private void askElsewhere(String options, String password) {
    boolean pam = options.equals(PAM);
    Refusal no = pam ? Refusal.PAM_FAILED : Refusal.LDAP_FAILED;
    String host = session.link().remote().host();
    boolean may = userKnown;
    comeBack(runtime.await(() -> {
      ExternalAuth external = runtime.externalAuth();
      return may && (pam
          ? external.pam(who.user(), password, host)
          : external.ldap(options, who.user(), password));
    }), right -> {
      if (right) {
        typed = password;
        success();
      } else {
        session.refuse(no);
      }
    });
  }

  private void scramFirst(ScramServer exchange, boolean own, ByteBuf body) {
    SaslInitialResponse first = SaslInitialResponse.decode(body);
    byte[] data = first.data();
    if (!first.mechanism().equals(ScramServer.MECHANISM)) {
      session.refuse(Refusal.BAD_SASL_MECHANISM);
    } else if (data == null) {
      session.refuse(Refusal.SASL_FAILED);
    } else {
      switch (exchange.clientFirst(data)) {
        case ScramServer.Challenge(byte[] serverFirst) ->
          expect(new Expecting.ScramFinal(exchange, own),
              new Authentication.SaslContinue(serverFirst));
        case ScramFailure(String reason) -> saslFailed(reason);
      }
    }
  }

  private void scramFinal(ScramServer exchange, boolean own, ByteBuf body) {
    switch (exchange.clientFinal(SaslResponse.decode(body).data())) {
      case ScramServer.Success(byte[] serverFinal, ScramKeys proved) -> {
        login.write(new Authentication.SaslFinal(serverFinal));
        if (own) {
          keys = proved;
        }
        success();
      }
      case ScramFailure(String reason) -> saslFailed(reason);
    }
  }

  private void saslFailed(String reason) {
    LOG.debug("{}SCRAM: {}", session, reason);
    session.refuse(Refusal.SASL_FAILED);
  }

  private void success() {
    if (console && !grantConsole()) {
      session.refuse(Refusal.NOT_ALLOWED);
      return;
    }
    login.proven();
    login.authenticated(this);
  }

  private boolean grantConsole() {
    Config config = runtime.config();
    if (config.isAdmin(who.user())) {
      access = Access.ADMIN;
      return true;
    }
    access = Access.STATS;
    return config.isStats(who.user()) || config.get(AuthSettings.AUTH_TYPE) == AuthType.ANY;
  }

  /** Leaves with the pool what this login showed to be good towards the server. */
  void credentialsFor(PgPool pool) {
    ScramKeys proved = keys;
    if (proved != null) {
      pool.keepScramKeys(proved);
    }
    String password = typed;
    if (password != null) {
      pool.user().learn(new StoredSecret.Plain(password));
    }
  }

  // --- elsewhere ---

  /** Runs a costly step off the worker and comes back to it. */
  private <T> void elsewhere(Supplier<T> step, Consumer<T> then) {
    comeBack(runtime.compute(step), then);
  }

  private <T> void comeBack(CompletionStage<T> outcome, Consumer<T> then) {
    outcome.whenComplete((result, failure) -> session.worker().execute(() -> {
      if (over) {
        return;
      }
      if (failure != null || result == null) {
        LOG.warn("{}login step failed: {}", session,
            failure == null ? "no result" : failure.getMessage());
        session.refuse(Refusal.BOUNCER_CONFIG_ERROR);
      } else {
        then.accept(result);
        login.goOn();
      }
    }));
  }

  /** The login has ended well. */
  void end() {
    over = true;
  }

  /** The client is gone. */
  void abandon() {
    over = true;
    if (lookup != null) {
      lookup.abandon();
      lookup = null;
    }
  }
}
