package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Components of tokenizer.json, one of each type or more, to put together at random. */
final class Components {
  static final String TOKENIZER = ("{'version': '1.0', 'added_tokens': [{'id': 0, 'content': '<s>', 'single_word'"
      + ": false,"
      + " 'lstrip': false, 'rstrip': true, 'normalized': false, 'special': true}, {'id': 9, 'content': 'x 1',"
      + " 'single_word': true, 'lstrip': true, 'rstrip': false, 'normalized': true, 'special': false}], 'model':"
      + " {'type': 'BPE', 'unk_token': '<unk>', 'dropout': null, 'continuing_subword_prefix': null,"
      + " 'end_of_word_suffix': null, 'fuse_unk': true, 'byte_fallback': true, 'ignore_merges': false, 'vocab':"
      + " {'<s>': 0, '<unk>': 1, 'a': 2, 'b': 3, 'ab': 4, '<0x0A>': 5, '<0xC3>': 6, '<0xA9>': 7, '▁': 8}, 'merges':"
      + " [['a', 'b']]}}").replace('\'', '"');

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> LISTS = Map.of("normalizer", "normalizers", "pre_tokenizer", "pretokenizers",
      "post_processor", "processors", "decoder", "decoders");
  private static final Map<String, List<String>> TYPES = Map.of(
      "normalizer", List.of("'NFC'", "'NFKD'", "'StripAccents'", "'Lowercase'", "'Nmt'", "'ByteLevel'",
          "'Strip', 'strip_left': true, 'strip_right': true", "'Prepend', 'prepend': '▁'",
          "'BertNormalizer', 'clean_text': true, 'handle_chinese_chars': true, 'strip_accents': null, 'lowercase'"
              + ": true",
          "'Replace', 'pattern': {'Regex': ' {2,}|é'}, 'content': '▁'",
          "'Replace', 'pattern': {'String': 'a'}, 'content': ''",
          "'Precompiled', 'precompiled_charsmap': 'ABCD'"),
      "pre_tokenizer", List.of("'BertPreTokenizer'", "'Whitespace'", "'WhitespaceSplit'", "'UnicodeScripts'",
          "'ByteLevel', 'add_prefix_space': true, 'trim_offsets': true, 'use_regex': true",
          "'CharDelimiterSplit', 'delimiter': ' '", "'Metaspace', 'replacement': '▁', 'prepend_scheme': 'always',"
          + " 'split': true", "'Punctuation', 'behavior': 'Contiguous'", "'Digits', 'individual_digits': true",
          "'FixedLength', 'length': 2", "'Split', 'pattern': {'Regex': '\\\\s+(?!\\\\S)|\\\\w+'}, 'behavior':"
          + " 'MergedWithPrevious', 'invert': false", "'Split', 'pattern': {'Regex': '(?=b)'}, 'behavior': 'Isolated',"
          + " 'invert': true"),
      "post_processor", List.of("'ByteLevel', 'add_prefix_space': true, 'trim_offsets': true, 'use_regex': true",
          "'RobertaProcessing', 'sep': ['<s>', 0], 'cls': ['<s>', 0], 'trim_offsets': true, 'add_prefix_space': true",
          "'TemplateProcessing', 'single': [{'SpecialToken': {'id': '<s>', 'type_id': 0}}, {'Sequence': {'id': 'A',"
          + " 'type_id': 0}}], 'pair': [{'Sequence': {'id': 'A', 'type_id': 0}}, {'Sequence': {'id': 'B', 'type_i"
              + "d': 0}}],"
          + " 'special_tokens': {'<s>': {'id': '<s>', 'ids': [0], 'tokens': ['<s>']}}"),
      "decoder", List.of("'ByteFallback'", "'Fuse'", "'BPEDecoder', 'suffix': 'b'", "'WordPiece', 'prefix': '##',"
          + " 'cleanup': true", "'Metaspace', 'replacement': '▁', 'prepend_scheme': 'always', 'split': true",
          "'CTC', 'pad_token': 'a', 'word_delimiter_token': 'b', 'cleanup': true",
          "'ByteLevel', 'add_prefix_space': true, 'trim_offsets': true, 'use_regex': true",
          "'Strip', 'content': ' ', 'start': 1, 'stop': 0", "'Replace', 'pattern': {'String': '▁'}, 'content': ' '"));
  private static final List<String> TEXTS = List.of("", "a", "▁", "<unk>", "é", "\uD83D\uDE42", " ", "\n",
      "x".repeat(300));
  private static final long[] NUMBERS = {0, 1, -1, 2, 255, Integer.MAX_VALUE, 1L << 31, (1L << 32) - 1, 1L << 53,
      Long.MIN_VALUE};

  private Components() {}

  /** None, one or a sequence of components for a part of the file. */
  static JsonNode some(String part, Random random) throws JsonProcessingException {
    int count = random.nextInt(4);
    if (count == 0) {
      return JsonNodeFactory.instance.nullNode();
    }
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    for (int i = 0; i < count; i++) {
      List<String> types = TYPES.get(part);
      sequence.withArray(LISTS.get(part))
          .add(JSON.readTree("{\"type\": " + types.get(random.nextInt(types.size())).replace('\'', '"') + "}"));
    }
    return count == 1 ? sequence.get(LISTS.get(part)).get(0) : sequence;
  }

  /** A value that hardly fits where it is put. */
  static JsonNode odd(Random random) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (random.nextInt(6)) {
      case 0 -> json.nullNode();
      case 1 -> json.booleanNode(random.nextBoolean());
      case 2 -> json.objectNode();
      case 3 -> json.arrayNode();
      case 4 -> json.numberNode(NUMBERS[random.nextInt(NUMBERS.length)]);
      default -> json.textNode(TEXTS.get(random.nextInt(TEXTS.size())));
    };
  }
}
