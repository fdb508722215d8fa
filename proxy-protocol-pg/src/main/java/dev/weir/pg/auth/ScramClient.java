package dev.weir.pg.auth;

import dev.weir.pg.auth.ScramText.Fault;
import java.util.random.RandomGenerator;

/**
 * The client's side of one SCRAM-SHA-256 exchange, for logging in to servers. Confined to the login it
 * serves. Servers may be hostile: everything they send is bounded.
 *
 * <p>
 * Order: {@link #clientFirst}; {@link #serverFirst}; with its salt and iterations
 * {@link #saltedPassword}, which is expensive and can be cached for them, or saved {@link ScramKeys};
 * {@link #clientFinal}; {@link #serverFinal}. A server that says the login is done before
 * {@link #serverFinal} answered {@link Verified} has not proven that it knows the password: see
 * {@link #isVerified}.
 */
public final class ScramClient {
  /** Default bound of the iterations a server may ask for; they take some seconds. */
  public static final int MAX_ITERATIONS = 10_000_000;
  private static final int MAX_SALT = 1024;
  private static final String GS2_HEADER = "n,,";
  private static final String CHANNEL_BINDING = "c=biws"; // base64 of the header

  private final String clientFirstBare;
  private final String ownNonce;
  private final int maxIterations;
  private State state = new Started();

  private sealed interface State {}

  private record Started() implements State {}

  private record Challenged(String serverFirst, String nonce) implements State {}

  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  private record Answered(byte[] expectedSignature) implements State {}

  private record Done(boolean verified) implements State {}

  /** What follows the server's first message. */
  public sealed interface Step permits Challenge, ScramFailure {}

  /** Derive the keys for this salt and number of iterations, then {@link #clientFinal}. */
  @SuppressWarnings("ArrayRecordComponent") // bytes of the wire
  public record Challenge(byte[] salt, int iterations) implements Step {}

  /** How the exchange ended. */
  public sealed interface Outcome permits Verified, ScramFailure {}

  /** The server knows the password or a verifier of it. */
  public record Verified() implements Outcome {}

  private ScramClient(String user, String ownNonce, int maxIterations) {
    this.clientFirstBare = "n=" + user + ",r=" + ownNonce;
    this.ownNonce = ownNonce;
    this.maxIterations = maxIterations;
  }

  /** @param random cryptographically strong */
  public static ScramClient start(RandomGenerator random) {
    return start(random, MAX_ITERATIONS);
  }

  /**
   * @param random cryptographically strong
   * @param maxIterations a server that asks for more is refused
   */
  public static ScramClient start(RandomGenerator random, int maxIterations) {
    return new ScramClient("", ScramText.newNonce(random), maxIterations); // the name is in startup
  }

  static ScramClient withNonce(String user, String ownNonce) {
    return new ScramClient(user, ownNonce, MAX_ITERATIONS);
  }

  /**
   * What all keys are made of: the password after SASLprep, salted and hashed {@code iterations}
   * times. Expensive, about a millisecond for 4096: not for event loops. Depends on its arguments
   * only.
   */
  public static byte[] saltedPassword(String password, byte[] salt, int iterations) {
    if (iterations < 1) {
      throw new IllegalArgumentException("iterations: " + iterations);
    }
    return Hashes.hi(Password.prepared(password), salt, iterations);
  }

  /** The data of SASLInitialResponse. */
  public byte[] clientFirst() {
    return ScramText.bytes(GS2_HEADER + clientFirstBare);
  }

  /** Takes the data of AuthenticationSASLContinue. */
  public Step serverFirst(byte[] message) {
    if (!(state instanceof Started)) {
      throw new IllegalStateException("the server's first message has been seen");
    }
    state = new Done(false);
    try {
      ScramText in = new ScramText(message);
      String nonce = in.nonce();
      if (!nonce.startsWith(ownNonce) || nonce.length() == ownNonce.length()) {
        throw new Fault("server's nonce does not extend ours");
      }
      byte[] salt = in.base64('s', 1, MAX_SALT);
      int iterations = iterations(in.attribute('i'));
      in.requireEnd();
      state = new Challenged(in.text, nonce);
      return new Challenge(salt, iterations);
    } catch (Fault fault) {
      return fault.toFailure();
    }
  }

  private int iterations(String digits) throws Fault {
    try {
      int iterations = digits.isEmpty() || digits.charAt(0) == '+' ? 0 : Integer.parseInt(digits);
      if (iterations >= 1 && iterations <= maxIterations) {
        return iterations;
      }
    } catch (NumberFormatException notANumber) { // told below
    }
    throw new Fault("iteration count is not between 1 and " + maxIterations);
  }

  /** The data of SASLResponse that prove knowledge of the keys. */
  public byte[] clientFinal(ScramKeys keys) {
    if (!(state instanceof Challenged(String serverFirst, String nonce))) {
      throw new IllegalStateException("there is no challenge to be answered");
    }
    String withoutProof = CHANNEL_BINDING + ",r=" + nonce;
    String signed = clientFirstBare + "," + serverFirst + "," + withoutProof;
    byte[] proof = Hashes.xor(keys.clientKey(), Hashes.hmac(keys.storedKey(), signed));
    state = new Answered(Hashes.hmac(keys.serverKey(), signed));
    return ScramText.bytes(withoutProof + ",p=" + ScramText.encode(proof));
  }

  /** Takes the data of AuthenticationSASLFinal. */
  public Outcome serverFinal(byte[] message) {
    if (!(state instanceof Answered(byte[] expectedSignature))) {
      throw new IllegalStateException("no proof has been sent");
    }
    state = new Done(false);
    try {
      ScramText in = new ScramText(message);
      if (in.peek() == 'e') {
        throw new Fault("server refused: " + in.attribute('e').replaceAll("[^ -~]", "?"));
      }
      byte[] signature = in.base64('v', Hashes.SHA256_BYTES, Hashes.SHA256_BYTES);
      in.requireEnd();
      if (!Hashes.same(signature, expectedSignature)) {
        throw new Fault("server's signature is wrong: it does not know the password");
      }
      state = new Done(true);
      return new Verified();
    } catch (Fault fault) {
      return fault.toFailure();
    }
  }

  /** True once the server has proven itself; only then may its AuthenticationOk be believed. */
  public boolean isVerified() {
    return state instanceof Done(boolean verified) && verified;
  }
}
