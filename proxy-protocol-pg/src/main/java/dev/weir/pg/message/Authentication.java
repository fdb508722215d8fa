package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code 'R'}: a step of the login; the first 32 bits of the body say which. */
public sealed interface Authentication extends BackendMessage {
  byte TAG = 'R';

  static Authentication decode(ByteBuf body) {
    int code = Wire.readInt(body, "Authentication.code");
    Authentication step = switch (code) {
      case Ok.CODE -> new Ok();
      case CleartextPassword.CODE -> new CleartextPassword();
      case Md5Password.CODE ->
        new Md5Password(Wire.readBytes(body, 4, "AuthenticationMD5Password.salt"));
      case Sasl.CODE -> new Sasl(readMechanisms(body));
      case SaslContinue.CODE -> new SaslContinue(Wire.readRest(body));
      case SaslFinal.CODE -> new SaslFinal(Wire.readRest(body));
      default -> {
        body.skipBytes(body.readableBytes());
        yield new Unsupported(code);
      }
    };
    Wire.requireEnd(body, "Authentication");
    return step;
  }

  /** The client is logged in. */
  record Ok() implements Authentication {
    static final int CODE = 0;

    @Override
    public void encode(ByteBuf out) {
      write(out, CODE);
    }
  }

  /** Asks for the password in clear. */
  record CleartextPassword() implements Authentication {
    static final int CODE = 3;

    @Override
    public void encode(ByteBuf out) {
      write(out, CODE);
    }
  }

  /** Asks for the password hashed with this salt of 4 bytes. */
  @SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
  record Md5Password(byte[] salt) implements Authentication {
    static final int CODE = 5;

    @Override
    public void encode(ByteBuf out) {
      write(out, CODE, salt);
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Md5Password that
          && Arrays.equals(salt, that.salt);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(salt);
    }
  }

  /** Offers SASL mechanisms, the preferred one first. */
  record Sasl(List<String> mechanisms) implements Authentication {
    static final int CODE = 10;

    public Sasl {
      mechanisms = List.copyOf(mechanisms);
    }

    @Override
    public void encode(ByteBuf out) {
      int start = Wire.begin(out, TAG);
      out.writeInt(CODE);
      mechanisms.forEach(mechanism -> Wire.writeCString(out, mechanism));
      out.writeByte(0);
      Wire.end(out, start);
    }
  }

  /** The server's step in the middle of a SASL exchange. */
  @SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
  record SaslContinue(byte[] data) implements Authentication {
    static final int CODE = 11;

    @Override
    public void encode(ByteBuf out) {
      write(out, CODE, data);
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof SaslContinue that
          && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(data);
    }
  }

  /** The server's last step of a SASL exchange; Ok follows. */
  @SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
  record SaslFinal(byte[] data) implements Authentication {
    static final int CODE = 12;

    @Override
    public void encode(ByteBuf out) {
      write(out, CODE, data);
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof SaslFinal that
          && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(data);
    }
  }

  /** A step we do not speak: Kerberos, GSSAPI, SSPI, or one not yet invented. */
  record Unsupported(int code) implements Authentication {
    @Override
    public void encode(ByteBuf out) {
      write(out, code);
    }
  }

  private static void write(ByteBuf out, int code, byte... data) {
    int start = Wire.begin(out, TAG);
    out.writeInt(code);
    out.writeBytes(data);
    Wire.end(out, start);
  }

  private static List<String> readMechanisms(ByteBuf body) {
    List<String> mechanisms = new ArrayList<>();
    while (true) {
      String mechanism = Wire.readCString(body, "AuthenticationSASL.mechanism");
      if (mechanism.isEmpty()) {
        return mechanisms;
      }
      mechanisms.add(mechanism);
    }
  }
}
