package dev.weir.pg.auth;

import dev.weir.pg.auth.ScramText.Fault;
import java.util.random.RandomGenerator;

/**
 * The server's side of one SCRAM-SHA-256 exchange, without channel binding. Confined to the login it
 * serves. Cheap: the password's key derivation happens at the client.
 */
public final class ScramServer {
  /** The only mechanism. */
  public static final String MECHANISM = "SCRAM-SHA-256";

  private final ScramSecret secret;
  private final boolean mock;
  private final String ownNonce;
  private State state = new AwaitingFirst();

  private sealed interface State {}

  private record AwaitingFirst() implements State {}

  private record AwaitingFinal(String gs2Header, String nonce, String signedSoFar)
      implements
        State {}

  private record Done() implements State {}

  /** What follows the client's first message. */
  public sealed interface First permits Challenge, ScramFailure {}

  /** Send {@code serverFirst} and wait for the client's final message. */
  @SuppressWarnings("ArrayRecordComponent") // bytes of the wire, used once
  public record Challenge(byte[] serverFirst) implements First {}

  /** How the exchange ended. */
  public sealed interface Outcome permits Success, ScramFailure {}

  /**
   * The client knows the password. Send {@code serverFinal}.
   *
   * @param keys log in wherever the same secret is stored
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes of the wire, used once
  public record Success(byte[] serverFinal, ScramKeys keys) implements Outcome {}

  private ScramServer(ScramSecret secret, boolean mock, String ownNonce) {
    this.secret = secret;
    this.mock = mock;
    this.ownNonce = ownNonce;
  }

  /** @param random cryptographically strong */
  public static ScramServer of(ScramSecret secret, RandomGenerator random) {
    return new ScramServer(secret, false, ScramText.newNonce(random));
  }

  /**
   * An exchange that looks like any other and always fails at its end, for users who do not exist or
   * have no secret that fits.
   *
   * @param secret from {@link ScramSecret#mock}
   * @param random cryptographically strong
   */
  public static ScramServer mock(ScramSecret secret, RandomGenerator random) {
    return new ScramServer(secret, true, ScramText.newNonce(random));
  }

  static ScramServer withNonce(ScramSecret secret, String ownNonce) {
    return new ScramServer(secret, false, ownNonce);
  }

  /** Takes the client's first message; the user name in it is ignored, as PostgreSQL does. */
  public First clientFirst(byte[] message) {
    if (!(state instanceof AwaitingFirst)) {
      throw new IllegalStateException("the first message has been seen");
    }
    state = new Done();
    try {
      ScramText in = new ScramText(message);
      String gs2Header = gs2Header(in);
      if (in.peek() == 'm') {
        throw new Fault("client requires an unsupported extension");
      }
      in.attribute('n');
      String nonce = in.nonce() + ownNonce;
      while (!in.atEnd()) {
        in.skipExtension();
      }
      String bare = in.text.substring(gs2Header.length());
      String serverFirst = "r=" + nonce + ",s=" + ScramText.encode(secret.salt()) + ",i="
          + secret.iterations();
      state = new AwaitingFinal(gs2Header, nonce, bare + "," + serverFirst + ",");
      return new Challenge(ScramText.bytes(serverFirst));
    } catch (Fault fault) {
      return fault.toFailure();
    }
  }

  private static String gs2Header(ScramText in) throws Fault {
    switch (in.peek()) {
      case 'n' -> in.expect('n', "channel binding flag");
      case 'y' -> in.expect('y', "channel binding flag"); // right: we did not offer it
      case 'p' -> throw new Fault("client requires channel binding, which was not offered");
      default -> throw new Fault("malformed message: channel binding flag expected");
    }
    in.expect(',', "comma");
    if (in.peek() == 'a') {
      throw new Fault("client uses an authorization identity, which is not supported");
    }
    in.expect(',', "comma");
    return in.text.substring(0, in.position());
  }

  /** Takes the client's final message. */
  public Outcome clientFinal(byte[] message) {
    if (!(state instanceof AwaitingFinal(String gs2Header, String nonce, String signedSoFar))) {
      throw new IllegalStateException("there is no challenge to be answered");
    }
    state = new Done();
    try {
      ScramText in = new ScramText(message);
      if (!in.attribute('c').equals(ScramText.encode(ScramText.bytes(gs2Header)))) {
        throw new Fault("channel binding data do not repeat the header of the first message");
      }
      if (!Hashes.same(ScramText.bytes(in.nonce()), ScramText.bytes(nonce))) {
        throw new Fault("nonce does not match");
      }
      while (in.peek() != 'p') {
        in.skipExtension();
      }
      String signed = signedSoFar + in.text.substring(0, in.position() - 1);
      byte[] proof = in.base64('p', Hashes.SHA256_BYTES, Hashes.SHA256_BYTES);
      in.requireEnd();
      return verify(signed, proof);
    } catch (Fault fault) {
      return fault.toFailure();
    }
  }

  private Outcome verify(String signed, byte[] proof) {
    byte[] clientKey = Hashes.xor(proof, Hashes.hmac(secret.storedKey(), signed));
    boolean proven = Hashes.same(Hashes.sha256(clientKey), secret.storedKey());
    byte[] signature = Hashes.hmac(secret.serverKey(), signed);
    return proven && !mock
        ? new Success(ScramText.bytes("v=" + ScramText.encode(signature)),
            new ScramKeys(clientKey, secret.serverKey()))
        : new ScramFailure(mock ? "there is no secret to log in with" : "wrong password");
  }
}
