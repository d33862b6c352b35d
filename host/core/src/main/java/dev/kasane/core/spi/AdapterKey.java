package dev.kasane.core.spi;

/**
 * A key of a file as a format understands it, without knowing the base.
 *
 * @param role what it holds
 * @param sign how surely it tells that its file is in the format
 * @param module the layer or word, as the file calls it
 * @param parameter its parameter in the neutral form, such as {@code lora_down.weight}; the file's own name of one
 *     that the neutral form does not have
 * @param layer the layer in one spelling, where files have several: two modules of the same layer are a fault
 * @param mangled whether a faulty tool has spoilt the key
 */
public record AdapterKey(Role role, Sign sign, String module, String parameter, String layer, boolean mangled) {
  /** What a key holds. */
  public enum Role {
    /** A parameter of an update. */
    UPDATE,
    /** A weight in the place of the base's. */
    WHOLE,
    /** A learned word (textual inversion), which may lie beside updates in any format's file. */
    WORD,
    /** What such files have beside. */
    OTHER
  }

  /** How surely a key tells its file's format. */
  public enum Sign {
    /** It tells nothing: other formats have such keys too. */
    NONE,
    /** It is of this format unless another is certain. */
    LIKELY,
    /** No other format has such keys. */
    CERTAIN
  }

  /** A parameter of an update, in a key that no other format has. */
  public static AdapterKey of(String module, String parameter) {
    return new AdapterKey(Role.UPDATE, Sign.CERTAIN, module, parameter, module, false);
  }

  /** The same key with another role. */
  public AdapterKey as(Role other) {
    return new AdapterKey(other, sign, module, parameter, layer, mangled);
  }

  /** The same key with another sign. */
  public AdapterKey signed(Sign other) {
    return new AdapterKey(role, other, module, parameter, layer, mangled);
  }

  /** The same key with its layer's one spelling. */
  public AdapterKey inLayer(String oneSpelling) {
    return new AdapterKey(role, sign, module, parameter, oneSpelling, mangled);
  }

  /** The same key, spoilt or not. */
  public AdapterKey mangled(boolean spoilt) {
    return new AdapterKey(role, sign, module, parameter, layer, spoilt);
  }
}
