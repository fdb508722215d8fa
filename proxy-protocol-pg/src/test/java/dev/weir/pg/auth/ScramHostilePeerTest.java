package dev.weir.pg.auth;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.pg.auth.ScramTest.bytes;
import static dev.weir.pg.auth.ScramTest.text;
import static org.assertj.core.api.Assertions.assertThat;

/** Peers that lie; nonces are {@code client} and {@code server}. */
class ScramHostilePeerTest {
  private static final String LONG = "x".repeat(2000);
  private static final ScramSecret SECRET = ScramSecret.derive("pencil", bytes("salt"), 10);
  private static final ScramKeys KEYS = ScramKeys
      .of(ScramClient.saltedPassword("pencil", bytes("salt"), 10));
  private static final String CHALLENGE = "r=clientserver,s=c2FsdA==,i=10";

  // ---- clients

  @ParameterizedTest
  @ValueSource(strings = {"n,,n=,r=client", "y,,n=,r=client", "n,,n=a=2Cb,r=client,x=1,Y=2"})
  void serverAcceptsClientsWithoutChannelBinding(String message) {
    assertThat(server().clientFirst(bytes(message))).isInstanceOf(ScramServer.Challenge.class);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"p=tls-server-end-point,,n=,r=c | channel binding",
    "n,a=admin,n=,r=c | authorization identity", "n,,m=1,n=,r=c | extension",
    "n,,n=,m=1,r=c | attribute r", "'' | flag", "n | comma", "n, | comma", "x,,n=,r=c | flag",
    "n=,,n=,r=c | comma", "n,,r=c | attribute n", "n,,n= | attribute r",
    "n,,n=,r= | nonce of 0", "n,,n=,r=c, | comma", "n,,n=,r=c,1=2 | attribute",
    "n,,n=,r=c,x | attribute", "n,,n=,r=a b | printable", "n,,n=,r=c,m=1 | attribute"})
  void serverRefusesFirstMessages(String message, String reason) {
    assertThat(server().clientFirst(bytes(message)))
        .isInstanceOfSatisfying(ScramFailure.class,
            failure -> assertThat(failure.reason()).contains(reason));
  }

  @Test
  void serverRefusesLongMessages() {
    assertThat(server().clientFirst(bytes("n,,n=,r=" + LONG))).isInstanceOf(ScramFailure.class);
    assertThat(server().clientFirst(bytes("n,,n=" + LONG + LONG + LONG + ",r=c")))
        .isInstanceOf(ScramFailure.class);
  }

  @Test
  void serverTakesTheProofOfAClientThatCouldBindChannels() {
    ScramServer server = server();
    server.clientFirst(bytes("y,,n=,r=client"));
    String withoutProof = "c=eSws,r=clientserver,x=optional";
    assertThat(server.clientFinal(bytes(proven("n=,r=client", withoutProof))))
        .isInstanceOf(ScramServer.Success.class);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"c=eSws,r=clientserver | channel binding",
    "c=,r=clientserver | channel binding", "c=biws,r=clientserve | nonce does not",
    "c=biws,r=clientserverx | nonce does not", "c=biws,r=other | nonce does not"})
  void serverRefusesProofsForAnotherExchange(String withoutProof, String reason) {
    ScramServer server = server();
    server.clientFirst(bytes("n,,n=,r=client"));
    assertThat(server.clientFinal(bytes(proven("n=,r=client", withoutProof))))
        .isInstanceOfSatisfying(ScramFailure.class,
            failure -> assertThat(failure.reason()).contains(reason));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "c=biws", "c=biws,r=clientserver", "c=biws,r=clientserver,p=",
    "c=biws,r=clientserver,p=AAAA", "c=biws,r=clientserver,p=!!!!",
    "c=biws,r=clientserver,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,x=1",
    "c=biws,r=clientserver,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "r=clientserver,c=biws,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})
  void serverRefusesFinalMessages(String message) {
    ScramServer server = server();
    server.clientFirst(bytes("n,,n=,r=client"));
    assertThat(server.clientFinal(bytes(message))).isInstanceOf(ScramFailure.class);
  }

  // ---- servers

  @ParameterizedTest
  @ValueSource(strings = {"r=clientserver,s=c2FsdA==,i=1", "r=clientserver,s=c2FsdA==,i=10000000"})
  void clientAcceptsChallenges(String message) {
    assertThat(client().serverFirst(bytes(message))).isInstanceOf(ScramClient.Challenge.class);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"r=client,s=c2FsdA==,i=10 | does not extend",
    "r=clien,s=c2FsdA==,i=10 | does not extend", "r=,s=c2FsdA==,i=10 | nonce of 0",
    "r=serverclient,s=c2FsdA==,i=10 | does not extend",
    "r=clients rver,s=c2FsdA==,i=10 | printable",
    "r=clientserver,s=c2FsdA==,i=0 | iteration", "r=clientserver,s=c2FsdA==,i=-1 | iteration",
    "r=clientserver,s=c2FsdA==,i= | iteration", "r=clientserver,s=c2FsdA==,i=+5 | iteration",
    "r=clientserver,s=c2FsdA==,i=10000001 | iteration",
    "r=clientserver,s=c2FsdA==,i=99999999999 | iteration",
    "r=clientserver,s=c2FsdA==,i=1x | iteration", "r=clientserver,s=,i=10 | malformed",
    "r=clientserver,s=*,i=10 | malformed", "r=clientserver,s=c2FsdA== | comma",
    "r=clientserver,i=10,s=c2FsdA== | attribute s", "m=1,r=clientserver,s=c2FsdA==,i=1 | attr",
    "r=clientserver,s=c2FsdA==,i=10,x=1 | goes on", "'' | attribute", "e=no | attribute"})
  void clientRefusesChallenges(String message, String reason) {
    String expected = reason.equals("comma") ? "attribute i" : reason;
    assertThat(client().serverFirst(bytes(message)))
        .isInstanceOfSatisfying(ScramFailure.class,
            failure -> assertThat(failure.reason()).contains(expected));
  }

  @Test
  void clientRefusesEndlessMessages() {
    assertThat(client().serverFirst(bytes("r=client" + LONG + ",s=c2FsdA==,i=10")))
        .isInstanceOf(ScramFailure.class);
    assertThat(client().serverFirst(bytes("r=clientserver,s=" + "AAAA".repeat(400) + ",i=10")))
        .isInstanceOf(ScramFailure.class);
    assertThat(client().serverFirst(new byte[1 << 20])).isInstanceOf(ScramFailure.class);
  }

  @Test
  void theBoundOfIterationsCanBeSet() {
    ScramClient strict = ScramClient.start(new java.security.SecureRandom(), 5000);
    String nonce = text(strict.clientFirst()).substring("n,,n=,r=".length());
    assertThat(strict.serverFirst(bytes("r=" + nonce + "x,s=c2FsdA==,i=5001")))
        .isEqualTo(new ScramFailure("iteration count is not between 1 and 5000"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v=", "v=AAAA", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "x=1",
    "e=other-error", "e="})
  void clientDoesNotBelieveAServerWithoutItsSignature(String message) {
    ScramClient client = client();
    client.serverFirst(bytes(CHALLENGE));
    client.clientFinal(KEYS);
    assertThat(client.serverFinal(bytes(message))).isInstanceOf(ScramFailure.class);
    assertThat(client.isVerified()).isFalse();
  }

  @Test
  void clientRefusesAnythingBehindARightSignature() {
    ScramClient client = client();
    client.serverFirst(bytes(CHALLENGE));
    ScramServer server = server();
    server.clientFirst(bytes("n,,n=,r=client"));
    ScramServer.Success success = (ScramServer.Success) server
        .clientFinal(client.clientFinal(KEYS));
    assertThat(client.serverFinal(bytes(text(success.serverFinal()) + ",x=1")))
        .isInstanceOf(ScramFailure.class);
  }

  @Test
  void whatAServerSaysIsPrintable() {
    ScramClient client = client();
    client.serverFirst(bytes(CHALLENGE));
    client.clientFinal(KEYS);
    assertThat(client.serverFinal(bytes("e=no\n\u001b[31m\u00ff")))
        .isEqualTo(new ScramFailure("server refused: no??[31m?"));
  }

  private static ScramServer server() {
    return ScramServer.withNonce(SECRET, "server");
  }

  private static ScramClient client() {
    return ScramClient.withNonce("", "client");
  }

  /** A final message with the right proof for an exchange with this server. */
  private static String proven(String clientFirstBare, String withoutProof) {
    String signed = clientFirstBare + "," + CHALLENGE + "," + withoutProof;
    byte[] proof = Hashes.xor(KEYS.clientKey(), Hashes.hmac(KEYS.storedKey(), signed));
    return withoutProof + ",p=" + ScramText.encode(proof);
  }
}
