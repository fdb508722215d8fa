package dev.weir.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.RawClient.V3_0;
import static dev.weir.it.RawClient.concat;
import static dev.weir.it.RawClient.cstring;
import static dev.weir.it.RawClient.int32;
import static dev.weir.it.RawClient.message;
import static dev.weir.it.RawClient.query;
import static dev.weir.it.RawClient.request;
import static dev.weir.it.RawClient.startup;
import static dev.weir.it.RawClient.withLength;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What strangers and broken clients send, PgBouncer's security history among it: each is told what is wrong or is closed,
 * and everybody else is served on.
 */
final class HostileClientIT {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSSENC_REQUEST = 80_877_104;
  private static final int CANCEL_REQUEST = 80_877_102;
  private static final byte[] NOTHING = new byte[0];

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension static final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("auth_type", "scram-sha-256")
      .set("max_client_conn", "300")
      .weir("max_unauthenticated_conn", "50")
      .database("p0", "user=postgres password=${password}")
      // no session state: what no server reports is refused at login, as the original does
      .databaseLine("*", "host=${host} port=${port} user=postgres password=${password}"
          + " session_state=off")
      .login("bob", "secret");

  @AfterEach
  void othersAreServedOn() throws Exception {
    try (Connection client = proxy.connect("bob", "secret", "p0")) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
  }

  private static RawClient raw() throws IOException {
    return RawClient.connect(proxy);
  }

  // --- the first packet ---

  @ParameterizedTest
  @CsvSource({
    "00000000, 00000000", "00000007 00030000, 0000000700030000",
    "ffffffff 00030000, ffffffff00030000", "80000000 00030000, 8000000000030000",
    "7fffffff 00030000, 7fffffff00030000", "00020001 00030000, 0002000100030000",
  })
  void lengthsThatCannotBeAreNamed(String bytes, String named) throws IOException {
    try (RawClient client = raw()) {
      client.send(HexFormat.of().parseHex(bytes.replace(" ", "")));
      assertThat(client.readRefusal()).isEqualTo("bad packet header: '" + named + "'");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 16, 4 << 16, 0, -1, 1234 << 16})
  void protocolsThatNobodyKnowsAreRefused(int version) throws IOException {
    try (RawClient client = raw()) {
      client.send(startup(version, "user", "bob"));
      assertThat(client.readRefusal()).startsWith("bad packet header: '");
    }
  }

  @Test
  void protocolTwoIsTooOld() throws IOException {
    try (RawClient client = raw()) {
      client.send(withLength(concat(int32(2 << 16), new byte[288])));
      assertThat(client.readRefusal()).isEqualTo("old V2 protocol not supported");
    }
  }

  @Test
  void aPasswordBeforeTheStartupIsRefused() throws IOException {
    try (RawClient client = raw()) {
      client.send(message('p', cstring("secret")));
      assertThat(client.readRefusal()).isEqualTo("client password pkt before startup packet");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SSL_REQUEST, GSSENC_REQUEST})
  void bytesBehindAnEncryptionRequestAreRefused(int request) throws IOException {
    try (RawClient client = raw()) {
      client.send(request(request), startup(V3_0, "user", "bob", "database", "p0"));
      assertThat(client.readRefusal()).isEqualTo(request == SSL_REQUEST
          ? "received unencrypted data after SSL request"
          : "received unencrypted data after GSSAPI encryption request");
    }
  }

  @Test
  void encryptionThatIsNotOfferedIsDeclinedAndTheLoginGoesOn() throws IOException {
    try (RawClient client = raw()) {
      assertThat(client.send(request(GSSENC_REQUEST)).readByte()).isEqualTo('N');
      assertThat(client.send(request(SSL_REQUEST)).readByte()).isEqualTo('N');
      assertThat(client.login("bob", "p0").readUntil('R')).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SSL_REQUEST, GSSENC_REQUEST})
  void anEncryptionRequestCannotBeRepeated(int request) throws IOException {
    try (RawClient client = raw()) {
      assertThat(client.send(request(request)).readByte()).isEqualTo('N');
      client.send(request(request));
      assertThat(client.readRefusal()).isEqualTo("bad packet");
    }
  }

  static Stream<Arguments> brokenStartups() {
    byte[] version = int32(V3_0);
    String tail = "invalid startup packet layout: expected terminator as last byte";
    return Stream.of(
        Arguments.of("no terminator", concat(version, cstring("user"), cstring("bob")), tail),
        Arguments.of("bytes behind the terminator",
            concat(version, cstring("user"), cstring("bob"), new byte[1], cstring("x")), tail),
        Arguments.of("nothing", version, null),
        Arguments.of("a key without value", concat(version, cstring("user"), new byte[1]), null),
        Arguments.of("an open string",
            concat(version, cstring("user"), "bob".getBytes(StandardCharsets.US_ASCII)),
            tail),
        Arguments.of("no user", concat(version, cstring("database"), cstring("p0"), new byte[1]),
            "no username supplied"),
        Arguments.of("an empty user",
            concat(version, cstring("user"), new byte[1], new byte[1]), "no username supplied"),
        Arguments.of("a long user",
            concat(version, cstring("user"), cstring("u".repeat(128)), new byte[1]),
            "username too long"),
        Arguments.of("a user of many bytes in few letters",
            concat(version, cstring("user"), cstring("é".repeat(64)), new byte[1]),
            "username too long"),
        Arguments.of("a database of many bytes in few letters",
            concat(version, cstring("user"), cstring("bob"), cstring("database"),
                cstring("é".repeat(32)), new byte[1]),
            "no such database: " + "é".repeat(32)),
        Arguments.of("an unknown key",
            concat(version, cstring("user"), cstring("bob"), cstring("planet"), cstring("mars"),
                new byte[1]),
            "unsupported startup parameter: planet"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenStartups")
  void brokenStartupsAreRefused(String what, byte[] body, @Nullable String text)
      throws IOException {
    try (RawClient client = raw()) {
      client.send(withLength(body));
      String said = client.readRefusal();
      if (text != null) {
        assertThat(said).isEqualTo(text);
      }
    }
  }

  /** CVE-2012-4575: over-long names and automatic databases. */
  @ParameterizedTest
  @ValueSource(ints = {64, 127, 128, 255, 1000, 9000})
  void overlongDatabasesDoNotExist(int length) throws IOException {
    try (RawClient client = raw()) {
      client.send(startup(V3_0, "user", "bob", "database", "d".repeat(length)));
      assertThat(client.readRefusal()).startsWith("no such database: d");
    }
  }

  @Test
  void truncatedStartupsDoNoHarm() throws IOException {
    byte[] whole = startup(V3_0, "user", "bob", "database", "p0");
    for (int cut = 1; cut < whole.length; cut++) {
      try (RawClient client = raw()) {
        client.send(Arrays.copyOf(whole, cut));
      }
    }
  }

  @Test
  void aStartupMayComeByteByByte() throws IOException {
    try (RawClient client = raw()) {
      for (byte b : startup(V3_0, "user", "bob", "database", "p0")) {
        client.send(new byte[]{b});
      }
      assertThat(client.readUntil('R')).hasSize(1);
    }
  }

  // --- options ---

  /** CVE-2026-107349: an empty key never came to an end. */
  @ParameterizedTest
  @ValueSource(strings = {"-c", "-c=", "-c =", "-c x", "-c =x", "-cx", "--", "--=", "--x", "-",
    "-d 1",
    "search_path=x", "-c search_path", "-c search_path=a -c", "-c\\ =", "-c a\\=b"})
  void malformedOptionsAreRefused(String options) throws IOException {
    try (RawClient client = raw()) {
      client.send(startup(V3_0, "user", "bob", "database", "any", "options", options));
      assertThat(client.readRefusal()).containsAnyOf(
          "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed",
          "unsupported startup parameter in options: ");
    }
  }

  @Test
  void unknownKeysInOptionsAreNamed() throws IOException {
    try (RawClient client = raw()) {
      client
          .send(startup(V3_0, "user", "bob", "database", "any", "options",
              "-c enable_seqscan=off"));
      assertThat(client.readRefusal())
          .isEqualTo("unsupported startup parameter in options: enable_seqscan");
    }
  }

  @Test
  void thousandsOfOptionsAreReadInTime() throws IOException {
    try (RawClient client = raw()) {
      client.send(startup(V3_0, "user", "bob", "database", "p0", "options",
          "-c TimeZone=UTC ".repeat(500)));
      assertThat(client.readUntil('R')).hasSize(1);
    }
  }

  // --- protocol versions ---

  @Test
  void protocolThreeTwoIsSpokenWithALongerCancelKey() throws Exception {
    try (Connection client = proxy.connect("bob", "secret", "p0",
        Map.of("protocolVersion", "3.2"))) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
    trusted((3 << 16) | 2, messages -> {
      assertThat(tags(messages)).doesNotContain("v");
      assertThat(keyLength(messages)).isGreaterThan(4).isLessThanOrEqualTo(256);
    });
  }

  @Test
  void newerProtocolsAreNegotiatedDown() throws Exception {
    trusted((3 << 16) | 9, messages -> {
      RawClient.Message first = messages.getFirst();
      assertThat(first.tag()).isEqualTo('v');
      assertThat(first.intAt(0) & 0xffff).isEqualTo(2);
      assertThat(first.intAt(4)).isZero();
    });
    trusted(V3_0, messages -> {
      assertThat(tags(messages)).doesNotContain("v");
      assertThat(keyLength(messages)).isEqualTo(4);
    });
  }

  @Test
  void unknownProtocolOptionsAreListedOnce() throws Exception {
    trusted(V3_0, messages -> {
      assertThat(tags(messages).indexOf('v')).isZero();
      assertThat(tags(messages).lastIndexOf('v')).isZero();
      RawClient.Message first = messages.getFirst();
      assertThat(first.intAt(4)).isEqualTo(1);
      assertThat(new String(first.body(), 8, first.body().length - 9,
          StandardCharsets.US_ASCII)).isEqualTo("_pq_.magic");
    }, "_pq_.magic", "on");
  }

  private interface Check {
    void of(List<RawClient.Message> messages);
  }

  /** Logs in without a password, so that the whole greeting is there to see. */
  private static void trusted(int version, Check check, String... more) throws Exception {
    proxy.set("auth_type", "trust").reload();
    try (RawClient client = raw()) {
      String[] all = Stream.concat(Stream.of("user", "bob", "database", "p0"), Stream.of(more))
          .toArray(String[]::new);
      check.of(client.send(startup(version, all)).readUntil('Z'));
    } finally {
      proxy.set("auth_type", "scram-sha-256").reload();
    }
  }

  private static String tags(List<RawClient.Message> messages) {
    StringBuilder tags = new StringBuilder();
    messages.forEach(m -> tags.append(m.tag()));
    return tags.toString();
  }

  private static int keyLength(List<RawClient.Message> messages) {
    return messages.stream().filter(m -> m.tag() == 'K').findFirst().orElseThrow().body().length
        - 4;
  }

  // --- during authentication ---

  /** CVE-2026-107350: the second startup changed who the client was. */
  @Test
  void aSecondStartupDuringScramIsRefused() throws IOException {
    try (RawClient client = raw()) {
      client.login("bob", "no_such_db").readUntil('R');
      client.send(startup(V3_0, "user", "postgres", "database", "p0"));
      assertThat(client.readRefusal()).isEqualTo("client re-sent startup pkt");
    }
  }

  @Test
  void aSecondStartupInTheSameBreathIsRefused() throws IOException {
    try (RawClient client = raw()) {
      client.send(startup(V3_0, "user", "bob", "database", "p0"),
          startup(V3_0, "user", "postgres", "database", "p0"));
      assertThat(client.readRefusal()).isEqualTo("client re-sent startup pkt");
    }
  }

  @ParameterizedTest
  @ValueSource(chars = {'Q', 'P', 'B', 'E', 'S', 'D', 'd', 'c', 'f', 'H', 'F', 'Z', '\u0001',
    '\u007f'})
  void onlyAPasswordIsTakenDuringAuthentication(char tag) throws IOException {
    try (RawClient client = raw()) {
      client.login("bob", "p0").readUntil('R');
      client.send(message(tag, cstring("select 1")));
      assertThat(client.readRefusal()).isEqualTo("bad packet");
    }
  }

  static Stream<Arguments> brokenSasl() {
    String mechanism = "SCRAM-SHA-256";
    return Stream.of(
        Arguments.of("nothing", NOTHING),
        Arguments.of("no terminator", "SCRAM".getBytes(StandardCharsets.US_ASCII)),
        Arguments.of("no length", cstring(mechanism)),
        Arguments.of("a length beyond the end",
            concat(cstring(mechanism), int32(1000), cstring("n,,"))),
        Arguments.of("the largest length",
            concat(cstring(mechanism), int32(Integer.MAX_VALUE), cstring("n,,"))),
        Arguments.of("a negative length", concat(cstring(mechanism), int32(-2), cstring("n,,"))),
        Arguments.of("no data", concat(cstring(mechanism), int32(-1))),
        Arguments.of("empty data", concat(cstring(mechanism), int32(0))),
        Arguments.of("bytes behind", concat(cstring(mechanism), int32(1), cstring("nnnnnnn"))),
        Arguments.of("half a message", sasl(mechanism, "n,,n=bob,r=")),
        Arguments.of("channel binding", sasl(mechanism, "p=tls-unique,,n=bob,r=abc")),
        Arguments.of("an authorization id", sasl(mechanism, "n,a=postgres,n=bob,r=abc")),
        Arguments.of("an extension", sasl(mechanism, "n,,m=x,n=bob,r=abc")),
        Arguments.of("another mechanism", sasl("SCRAM-SHA-256-PLUS", "n,,n=bob,r=abc")),
        Arguments.of("ten thousand bytes", sasl(mechanism, "n,,n=bob,r=" + "x".repeat(10_000))));
  }

  private static byte[] sasl(String mechanism, String data) {
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    return concat(cstring(mechanism), int32(bytes.length), bytes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenSasl")
  void brokenSaslIsRefused(String what, byte[] body) throws IOException {
    try (RawClient client = raw()) {
      client.login("bob", "p0").readUntil('R');
      client.send(message('p', body),
          message('p', "c=biws,r=x,p=AAAA".getBytes(StandardCharsets.US_ASCII)));
      assertThat(client.readRefusal()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"70 00000000", "70 00000003", "70 ffffffff", "70 7fffffff",
    "70 00030000"})
  void answersOfImpossibleLengthAreRefused(String header) throws IOException {
    try (RawClient client = raw()) {
      client.login("bob", "p0").readUntil('R');
      client.send(HexFormat.of().parseHex(header.replace(" ", "")), new byte[20]);
      assertThat(client.readRefusal()).isNotEmpty();
    }
  }

  @Test
  void clientsMayLeaveInTheMiddle() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (RawClient client = raw()) {
        client.login("bob", "p0").readUntil('R');
        if (i % 2 == 0) {
          client.send(message('p', sasl("SCRAM-SHA-256", "n,,n=bob,r=abc")));
        }
      }
    }
  }

  // --- cancel requests ---

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 7, 8, 9, 32, 256, 257, 5000})
  void cancelRequestsForNobodyAreDropped(int keyBytes) throws IOException {
    try (RawClient client = raw()) {
      client.send(withLength(concat(int32(CANCEL_REQUEST), new byte[keyBytes])));
      assertThat(client.readAll()).allMatch(m -> m.tag() == 'E');
    }
  }

  // --- after the login ---

  static Stream<Arguments> brokenMessages() {
    return Stream.of("51 00000000", "51 00000003", "51 ffffffff", "50 80000000", "00 00000004",
        "01 00000004", "ff 00000004", "7a 00000005 00", "52 00000008 00000000", "5a 00000005 49",
        "00000008 04d2162f", "00000010 00030000 75736572 00000000")
        .map(hex -> Arguments.of(hex, HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenMessages")
  void brokenMessagesEndTheSession(String hex, byte[] bytes) throws Exception {
    proxy.set("auth_type", "trust").reload();
    try (RawClient client = raw()) {
      client.login("bob", "p0").readUntil('Z');
      client.send(bytes, query("select 1"));
      assertThat(client.readRefusal()).isNotEmpty();
    } finally {
      proxy.set("auth_type", "scram-sha-256").reload();
    }
  }

  @Test
  void halfAMessageAndNoMoreLeavesNothingBehind() throws Exception {
    proxy.set("auth_type", "trust").reload();
    try {
      for (String start : List.of("51", "51000000", "5100000100", "510000010073656c", "50000f4240",
          "50000f424000", "5a00")) {
        try (RawClient client = raw()) {
          client.login("bob", "p0").readUntil('Z');
          client.send(HexFormat.of().parseHex(start));
        }
      }
    } finally {
      proxy.set("auth_type", "scram-sha-256").reload();
    }
  }

  @Test
  void randomBytesBeforeTheLogin() throws IOException {
    Random random = new Random(107_349);
    for (int i = 0; i < 300; i++) {
      byte[] noise = new byte[1 + random.nextInt(i % 10 == 0 ? 5000 : 60)];
      random.nextBytes(noise);
      if (i % 3 == 0 && noise.length > 8) { // so that more than the length is looked at
        System.arraycopy(int32(noise.length), 0, noise, 0, 4);
        System.arraycopy(int32(i % 2 == 0 ? V3_0 : CANCEL_REQUEST), 0, noise, 4, 4);
      }
      try (RawClient client = raw()) {
        try {
          client.send(noise);
        } catch (IOException _) {
          // closed while we write
        }
      }
    }
  }

  @Test
  void randomMessagesAfterTheLogin() throws Exception {
    proxy.set("auth_type", "trust").reload();
    Random random = new Random(1_073_50);
    String tags = "QPBEDSCHFdcfpX";
    try {
      for (int i = 0; i < 200; i++) {
        try (RawClient client = raw()) {
          client.login("bob", "p0").readUntil('Z');
          for (int n = 0; n < 1 + random.nextInt(5); n++) {
            byte[] body = new byte[random.nextInt(40)];
            random.nextBytes(body);
            try {
              client.send(message(tags.charAt(random.nextInt(tags.length())), body));
            } catch (IOException _) {
              // closed while we write
            }
          }
        }
      }
    } finally {
      proxy.set("auth_type", "scram-sha-256").reload();
    }
  }
}
