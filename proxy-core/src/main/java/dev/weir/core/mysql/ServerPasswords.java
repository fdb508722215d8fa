package dev.weir.core.mysql;

import dev.weir.mysql.auth.CachingSha2Password;
import dev.weir.mysql.auth.ClearPassword;
import dev.weir.mysql.auth.Dialog;
import dev.weir.mysql.auth.Ed25519Password;
import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.auth.ParsecPassword;
import dev.weir.mysql.auth.Sha256Password;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a user's password answers to a server's plugin. Pure computation, any thread. */
final class ServerPasswords {
  private static final byte[] NOTHING = {};

  private ServerPasswords() {}

  /** Whether {@link #answer} takes milliseconds. */
  static boolean takesLong(String plugin) {
    return plugin.equals(Ed25519Password.PLUGIN);
  }

  /** Whether the server says more before the password is used. */
  static boolean waitsForMore(String plugin) {
    return plugin.equals(ParsecPassword.PLUGIN);
  }

  /** A challenge without the zero at its end that packets take for an end. */
  static byte[] challenge(String plugin, byte[] sent) {
    int length = switch (plugin) {
      case Ed25519Password.PLUGIN -> Ed25519Password.CHALLENGE;
      case ParsecPassword.PLUGIN -> ParsecPassword.CHALLENGE;
      default -> sent.length;
    };
    return sent.length == length - 1 ? Arrays.copyOf(sent, length) : sent;
  }

  /**
   * What our side of the plugin says to the challenge.
   *
   * @throws GeneralSecurityException when the plugin is not known, or the password not in the form that it needs
   */
  static byte[] answer(String plugin, MysqlUser user, byte[] challenge, boolean encrypted)
      throws GeneralSecurityException {
    String clear = user.serverPassword();
    byte[] password = clear == null ? null : clear.getBytes(StandardCharsets.UTF_8);
    switch (plugin) {
      case NativePassword.PLUGIN -> {
        byte[] stage1 = user.serverStage1();
        if (password != null) {
          return NativePassword.response(password, challenge);
        }
        if (stage1 != null) {
          return NativePassword.responseOfKey(stage1, challenge);
        }
      }
      case CachingSha2Password.PLUGIN -> {
        if (password != null) {
          return CachingSha2Password.response(password, challenge);
        }
      }
      case Sha256Password.PLUGIN -> {
        if (password != null) {
          return sha256(password, encrypted);
        }
      }
      case Ed25519Password.PLUGIN -> {
        if (password != null) {
          return Ed25519Password.response(password, challenge);
        }
      }
      case ParsecPassword.PLUGIN -> {
        if (password != null) {
          return NOTHING; // asks how the key is derived
        }
      }
      case ClearPassword.PLUGIN -> {
        return ClearPassword.response(inTls(password, user, plugin, encrypted));
      }
      case Dialog.PLUGIN -> {
        return Dialog.response(challenge, inTls(password, user, plugin, encrypted));
      }
      default -> throw new GeneralSecurityException(
          "the server wants the plugin " + plugin + ", which is not known here");
    }
    throw hashOnly(user, plugin);
  }

  /** Without TLS the server's key is asked for first; an empty password is no secret. */
  private static byte[] sha256(byte[] password, boolean encrypted) {
    return encrypted || password.length == 0
        ? ClearPassword.response(password)
        : new byte[]{Sha256Password.PUBLIC_KEY_WANTED};
  }

  private static byte[] inTls(byte @Nullable [] password, MysqlUser user, String plugin,
      boolean encrypted) throws GeneralSecurityException {
    if (!encrypted) {
      throw new GeneralSecurityException("the server wants the password in the clear, and there "
          + "is no TLS (use_ssl)");
    }
    if (password == null) {
      throw hashOnly(user, plugin);
    }
    return password;
  }

  private static GeneralSecurityException hashOnly(MysqlUser user, String plugin) {
    return new GeneralSecurityException("the password of user " + user.name()
        + " is known as a hash only, which cannot answer " + plugin);
  }
}
