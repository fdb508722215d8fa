package dev.weir.core.net.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Our two ends of TLS against each other and against the JDK's sockets, with each provider. */
class TlsHandshakeTest {
  private static final ByteBufAllocator ALLOC = ByteBufAllocator.DEFAULT;

  @TempDir private static Path directory;

  private static TestCa ca;
  private static TestCa otherCa;
  private static TestCa.Issued host;
  private static TestCa.Issued alice;

  private TlsPeers peers;

  @BeforeAll
  static void issueCertificates() {
    ca = TestCa.in(directory, "ca");
    otherCa = TestCa.in(directory, "other-ca");
    host = ca.issue("CN=db.example.org", "dns:localhost", "dns:*.db.example.org", "ip:127.0.0.1");
    alice = ca.issue("CN=alice");
  }

  @BeforeEach
  void start() {
    peers = new TlsPeers();
  }

  @AfterEach
  void stop() {
    peers.close();
  }

  static Stream<Arguments> providers() {
    return Stream.of(TlsProvider.OPENSSL, TlsProvider.JDK)
        .flatMap(server -> Stream.of(TlsProvider.OPENSSL, TlsProvider.JDK)
            .map(client -> Arguments.of(server, client)));
  }

  private static TlsOptions options(TlsMode mode, TestCa.@Nullable Issued identity,
      @Nullable TestCa trusted,
      TlsProvider provider) {
    TlsOptions options = TlsOptions.of(mode).by(provider);
    if (identity != null) {
      options = options.identity(identity.keyFile().toString(), identity.certFile().toString());
    }
    return trusted == null ? options : options.ca(trusted.file().toString());
  }

  private int listen(TlsOptions options) throws TlsConfigException {
    ClientTls tls = ClientTls.of(options, peers.handshakes);
    return peers.listen(() -> tls.newHandler(ALLOC));
  }

  private TlsPeers.Client connect(TlsOptions options, String hostName, int port)
      throws TlsConfigException {
    return peers.connect(port,
        ServerTls.of(options, peers.handshakes).newHandler(ALLOC, hostName, port));
  }

  private static String failure(TlsPeers.Client client) {
    try {
      client.tls();
      return "handshake succeeded";
    } catch (ExecutionException e) {
      return TlsInfo.failure(e);
    } catch (Exception e) {
      return e.toString();
    }
  }

  private SslHandler accepted() throws Exception {
    return peers.accepted.element().get(10, TimeUnit.SECONDS);
  }

  private String refused() {
    try {
      accepted();
      return "handshake succeeded";
    } catch (ExecutionException e) {
      return TlsInfo.failure(e);
    } catch (Exception e) {
      return e.toString();
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void carriesBytesBothWays(TlsProvider server, TlsProvider client) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, server));
    TlsPeers.Client connection = connect(options(TlsMode.REQUIRE, null, null, client), "localhost",
        port);

    String text = TlsInfo.text(connection.tls().engine().getSession());
    assertThat(text).startsWith("TLSv1.3/TLS_AES_");
    assertThat(text.contains("/ECDH=")).isEqualTo(client == TlsProvider.OPENSSL);
    assertThat(connection.echo("hello")).isEqualTo("hello");
    String large = "0123456789".repeat(200_000);
    assertThat(connection.echo(large)).isEqualTo(large);
    assertThat(peers.exceptions).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void speaksTls12(TlsProvider server, TlsProvider client) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, server).versions("tlsv1.2"));
    TlsPeers.Client connection = connect(options(TlsMode.VERIFY_FULL, null, ca, client),
        "localhost", port);

    assertThat(TlsInfo.text(connection.tls().engine().getSession()))
        .startsWith("TLSv1.2/ECDHE-ECDSA-AES");
    assertThat(connection.echo("hello")).isEqualTo("hello");
    assertThat(TlsInfo.text(accepted().engine().getSession()))
        .startsWith("TLSv1.2/ECDHE-ECDSA-AES");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void refusesWhenNoVersionIsShared(TlsProvider server, TlsProvider client) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, server).versions("tlsv1.3"));
    TlsPeers.Client connection = connect(
        options(TlsMode.REQUIRE, null, null, client).versions("tlsv1.2"), "localhost", port);

    assertThat(failure(connection)).isNotEqualTo("handshake succeeded");
    assertThat(refused()).isNotEqualTo("handshake succeeded");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void verifyFullWantsTheHostInTheCertificate(TlsProvider server, TlsProvider client)
      throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, server));
    ServerTls tls = ServerTls.of(options(TlsMode.VERIFY_FULL, null, ca, client), peers.handshakes);

    for (String good : List.of("localhost", "127.0.0.1", "one.db.example.org")) {
      assertThat(peers.connect(port, tls.newHandler(ALLOC, good, port)).echo("x")).isEqualTo("x");
    }
    for (String bad : List.of("db.example.org", "127.0.0.2", "a.b.db.example.org", "::1")) {
      assertThat(failure(peers.connect(port, tls.newHandler(ALLOC, bad, port))))
          .isEqualTo(
              "certificate verify failed: name `" + bad + "' not present in server certificate");
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void verifyCaAcceptsAnyHost(TlsProvider server, TlsProvider client) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, server));

    assertThat(connect(options(TlsMode.VERIFY_CA, null, ca, client), "elsewhere", port).echo("x"))
        .isEqualTo("x");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void verifyingModesRefuseAnotherCa(TlsProvider server, TlsProvider client) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, server));

    for (TlsMode mode : List.of(TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL)) {
      assertThat(failure(connect(options(mode, null, otherCa, client), "localhost", port)))
          .startsWith("certificate verify failed: ");
    }
    for (TlsMode mode : List.of(TlsMode.ALLOW, TlsMode.PREFER, TlsMode.REQUIRE)) {
      assertThat(connect(options(mode, null, otherCa, client), "localhost", port).echo("x"))
          .isEqualTo("x");
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void refusesAnExpiredCertificate(TlsProvider server, TlsProvider client) throws Exception {
    TestCa.Issued old = ca.issue("CN=localhost", TestCa.ecKeys(),
        Instant.now().minus(Duration.ofDays(1)));
    int port = listen(options(TlsMode.REQUIRE, old, null, server));

    assertThat(failure(connect(options(TlsMode.VERIFY_CA, null, ca, client), "localhost", port)))
        .startsWith("certificate verify failed: NotAfter");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aVerifyingListenerWantsACertificateOfItsCa(TlsProvider server, TlsProvider client)
      throws Exception {
    int port = listen(options(TlsMode.VERIFY_FULL, host, ca, server));

    TlsPeers.Client known = connect(options(TlsMode.REQUIRE, alice, null, client), "localhost",
        port);
    assertThat(known.echo("x")).isEqualTo("x");
    SSLSession session = peers.accepted.remove().get(10, TimeUnit.SECONDS).engine().getSession();
    assertThat(TlsInfo.peerCertificate(session)).contains(alice.certificate());

    connect(options(TlsMode.REQUIRE, null, null, client), "localhost", port);
    waitForAccepted();
    assertThat(refused()).isNotEqualTo("handshake succeeded");
    peers.accepted.remove();

    connect(options(TlsMode.REQUIRE, otherCa.issue("CN=alice"), null, client), "localhost", port);
    waitForAccepted();
    assertThat(refused()).startsWith("certificate verify failed");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aTolerantListenerStillJudgesTheCertificateItIsShown(TlsProvider server, TlsProvider client)
      throws Exception {
    int port = listen(options(TlsMode.PREFER, host, ca, server));

    assertThat(connect(options(TlsMode.REQUIRE, null, null, client), "localhost", port).echo("x"))
        .isEqualTo("x");
    assertThat(TlsInfo
        .peerCertificate(peers.accepted.remove().get(10, TimeUnit.SECONDS).engine().getSession()))
        .isEmpty();

    connect(options(TlsMode.REQUIRE, otherCa.issue("CN=alice"), null, client), "localhost", port);
    waitForAccepted();
    assertThat(refused()).startsWith("certificate verify failed");
  }

  private void waitForAccepted() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (peers.accepted.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void usesTheCipherAskedFor(TlsProvider server, TlsProvider client) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, server).versions("tlsv1.2")
        .suites("ECDHE+AES128:!SHA:!SHA256", ""));

    assertThat(TlsInfo.text(
        connect(options(TlsMode.REQUIRE, null, null, client), "localhost", port).tls().engine()
            .getSession()))
        .startsWith("TLSv1.2/ECDHE-ECDSA-AES128-GCM-SHA256");
  }

  @ParameterizedTest
  @EnumSource(value = TlsProvider.class, names = {"OPENSSL", "JDK"})
  void usesTheTls13SuiteAskedFor(TlsProvider client) throws Exception {
    for (String suite : Tls13Suites.ALL) {
      int port = listen(
          options(TlsMode.REQUIRE, host, null, TlsProvider.AUTO).suites("default", suite));
      assertThat(TlsInfo.text(
          connect(options(TlsMode.REQUIRE, null, null, client), "localhost", port).tls().engine()
              .getSession()))
          .startsWith("TLSv1.3/" + suite);
    }
  }

  @ParameterizedTest
  @EnumSource(value = TlsProvider.class, names = {"OPENSSL", "JDK"})
  void usesTheCurveAskedFor(TlsProvider server) throws Exception {
    int port = listen(
        options(TlsMode.REQUIRE, host, null, server).keyExchange("secp384r1", "auto"));

    assertThat(TlsInfo
        .text(connect(options(TlsMode.REQUIRE, null, null, TlsProvider.OPENSSL), "localhost", port)
            .tls().engine().getSession()))
        .endsWith("/ECDH=secp384r1");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void survivesBytesThatComeInDribs(TlsProvider server, TlsProvider client) throws Exception {
    int port = listen(options(TlsMode.VERIFY_CA, host, ca, server));
    try (Dribble dribble = new Dribble(port)) {
      TlsPeers.Client connection = connect(options(TlsMode.VERIFY_FULL, alice, ca, client),
          "localhost",
          dribble.port());
      assertThat(connection.echo("slowly")).isEqualTo("slowly");
    }
  }

  /** Passes bytes on, few at a time. */
  private static final class Dribble implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

    Dribble(int target) throws IOException {
      Thread.ofVirtual().start(() -> {
        try {
          Socket in = listener.accept();
          Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
          in.setTcpNoDelay(true);
          out.setTcpNoDelay(true);
          Thread.ofVirtual().start(() -> pass(in, out));
          pass(out, in);
        } catch (IOException e) {
          return; // the test is over
        }
      });
    }

    int port() {
      return listener.getLocalPort();
    }

    private static void pass(Socket from, Socket to) {
      byte[] some = new byte[97];
      try {
        for (int n = from.getInputStream().read(some); n >= 0; n = from.getInputStream()
            .read(some)) {
          to.getOutputStream().write(some, 0, n);
        }
        to.close();
      } catch (IOException e) {
        return; // either end closed
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  @ParameterizedTest
  @EnumSource(value = TlsProvider.class, names = {"OPENSSL", "JDK"})
  void refusesWhatIsNotTls(TlsProvider provider) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, provider));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(10_000);
      assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(32); // at most an alert
    }
    assertThat(refused()).isEqualTo("not an SSL/TLS record");
  }

  @ParameterizedTest
  @EnumSource(value = TlsProvider.class, names = {"OPENSSL", "JDK"})
  void endsWhenThePeerLeavesInTheMiddle(TlsProvider provider) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, provider));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(new byte[]{22, 3, 1, 1, 0, 1});
    }
    waitForAccepted();
    assertThat(refused()).isEqualTo("ClosedChannelException");
    assertThat(peers.exceptions).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = TlsProvider.class, names = {"OPENSSL", "JDK"})
  void aConnectionCutWithoutGoodbyeEndsSilently(TlsProvider provider) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, provider));
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
      SSLSocket socket = trusting("TLSv1.3", plain, port);
      echo(socket, "x");
      plain.shutdownOutput();
      assertThat(peers.closed.element().get(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(peers.exceptions).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = TlsProvider.class, names = {"OPENSSL", "JDK"})
  void neverRenegotiates(TlsProvider provider) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, provider).versions("tlsv1.2"));
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
      SSLSocket socket = trusting("TLSv1.2", plain, port);
      echo(socket, "x");
      assertThatThrownBy(() -> {
        socket.startHandshake();
        echo(socket, "y");
      }).isInstanceOf(IOException.class);
      assertThat(peers.closed.element().get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(value = TlsProvider.class, names = {"OPENSSL", "JDK"})
  void agreesOnTheProtocolNameOfDirectTls(TlsProvider provider) throws Exception {
    int port = listen(options(TlsMode.REQUIRE, host, null, provider));
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
      SSLSocket socket = trusting("TLSv1.3", plain, port);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[]{"postgresql"});
      socket.setSSLParameters(parameters);
      echo(socket, "x");
      assertThat(socket.getApplicationProtocol()).isEqualTo("postgresql");
    }
    assertThat(accepted().applicationProtocol()).isEqualTo("postgresql");
  }

  private static SSLSocket trusting(String version, Socket plain, int port) throws Exception {
    SSLContext context = SSLContext.getInstance(version);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca",
        PemFile.read("CA", ca.file().toString()).certificates("CA").getFirst());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    context.init(null, trust.getTrustManagers(), null);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port,
        false);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void echo(SSLSocket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
    InputStream in = socket.getInputStream();
    byte[] answer = in.readNBytes(text.length());
    if (answer.length < text.length()) {
      throw new IOException("closed");
    }
    assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo(text);
  }

  @ParameterizedTest
  @EnumSource(value = TlsProvider.class, names = {"OPENSSL", "JDK"})
  void aNewContextServesNewConnectionsWhileOldOnesGoOn(TlsProvider provider) throws Exception {
    ClientTls[] current = {
      ClientTls.of(options(TlsMode.REQUIRE, host, null, provider), peers.handshakes)};
    int port = peers.listen(() -> current[0].newHandler(ALLOC));
    ServerTls trustsOld = ServerTls.of(options(TlsMode.VERIFY_FULL, null, ca, provider),
        peers.handshakes);
    ServerTls trustsNew = ServerTls.of(options(TlsMode.VERIFY_FULL, null, otherCa, provider),
        peers.handshakes);
    TlsPeers.Client before = peers.connect(port, trustsOld.newHandler(ALLOC, "localhost", port));
    assertThat(before.echo("x")).isEqualTo("x");

    assertThatThrownBy(() -> ClientTls.of(
        options(TlsMode.REQUIRE, host, null, provider).ca(directory.resolve("missing").toString()),
        peers.handshakes))
        .isInstanceOf(TlsConfigException.class).hasMessageEndingWith("No such file or directory");
    current[0] = ClientTls.of(
        options(TlsMode.REQUIRE, otherCa.issue("CN=localhost"), null, provider), peers.handshakes);

    assertThat(before.echo("still there")).isEqualTo("still there");
    assertThat(peers.connect(port, trustsNew.newHandler(ALLOC, "localhost", port)).echo("x"))
        .isEqualTo("x");
    assertThat(failure(peers.connect(port, trustsOld.newHandler(ALLOC, "localhost", port))))
        .startsWith("certificate verify failed");
  }
}
