package dev.kasane.text.tokenizer.check;

import java.util.Set;

/**
 * The four kinds of components, with the types that this program's library knows. What is of another type the library
 * takes for one of an older form, by the names it holds; such a file is refused.
 */
public enum ComponentKind {
  NORMALIZER("normalizer", "normalizers", Set.of("BertNormalizer", "Strip", "StripAccents", "NFC", "NFD", "NFKC",
      "NFKD", "Lowercase", "Nmt", "Precompiled", "Replace", "Prepend", "ByteLevel")),
  PRE_TOKENIZER("pre_tokenizer", "pretokenizers", Set.of("BertPreTokenizer", "ByteLevel", "CharDelimiterSplit",
      "Metaspace", "Whitespace", "Split", "Punctuation", "WhitespaceSplit", "Digits", "UnicodeScripts", "FixedLength")),
  POST_PROCESSOR("post_processor", "processors", Set.of("RobertaProcessing", "BertProcessing", "ByteLevel",
      "TemplateProcessing")),
  DECODER("decoder", "decoders", Set.of("BPEDecoder", "ByteLevel", "WordPiece", "Metaspace", "CTC", "Replace", "Fuse",
      "Strip", "ByteFallback"));

  /** The type of a component that holds others. */
  public static final String SEQUENCE = "Sequence";

  private final String place;
  private final String list;
  private final Set<String> types;

  ComponentKind(String place, String list, Set<String> types) {
    this.place = place;
    this.list = list;
    this.types = types;
  }

  /** Where the file has them. */
  public String place() {
    return place;
  }

  /** The name under which a sequence holds its components. */
  public String list() {
    return list;
  }

  /** Whether a type is one of these. */
  boolean knows(String type) {
    return types.contains(type);
  }
}
