"""Writes small templates of every construct of Jinja2, and templates made by chance, with what transformers makes of
each: the text and what stands between `generation` tags, or the error.

Run: python make_jinja.py ../resources/dev/kasane/text/jinja/templates.json
Needs: transformers, jinja2.
"""
import json
import random
import sys
import warnings

from transformers.utils.chat_template_utils import render_jinja_template

warnings.filterwarnings("ignore")

MESSAGES = [
    {"role": "system", "content": "Be brief. "},
    {"role": "user", "content": "Name a colour.", "meta": {"n": 3, "tags": ["a", "B", "c"]}},
    {"role": "assistant", "content": "Blue, said <think>sea</think> Blue.", "tool_calls": None},
    {"role": "user", "content": " And? \u00e4\U0001f600 "},
    {"role": "assistant", "content": "Red.", "weight": 0.5},
]
VALUES = {
    "bos_token": "<s>", "eos_token": "</s>", "word": "Hello, World", "empty": "", "number": 7, "real": 2.5,
    "large": 10 ** 20, "yes": True, "no": False, "nothing": None, "items": [3, 1, 2, 3], "nested": [[1, 2], [3, [4]]],
    "people": [{"name": "Bo", "age": 5}, {"name": "al", "age": 7}, {"name": "Cy", "age": 5}],
    "table": {"b": 2, "a": 1, "C": 3}, "emoji": "a\u00e9\U0001f600b", "lines": "one\ntwo\n\n  three\n",
}

TABLE = {
    "output": [
        "{{ word }}", "{{ 1 }}{{ 1.0 }}{{ 1e3 }}{{ 1.5e-7 }}{{ 1e16 }}{{ 123456789012345678 }}", "{{ true }}{{ false }}{{ none }}",
        "{{ True }}{{ False }}{{ None }}", "{{ missing }}|", "{{ 'a' 'b' \"c\" }}", "{{ '\\n\\t\\x41\\u00e9\\'' }}",
        "{{ [1, 'a', none, true, 1.5] }}", "{{ (1,) }}{{ (1, 2) }}{{ () }}", "{{ {'a': 1, 2: [3]} }}", "{{ [missing] }}",
        "{{ \"it's\" | list }}", "{{ ['it\\'s \"x\"', \"it's\"] }}", "{{ ['\\n', '\\t', '\\\\', '\u00e9', '\\x00', '\\u200b'] }}",
        "{{ large }} {{ large * large }}", "{{ -0.0 }} {{ 1e300 * 1e10 }}", "{{ 0.1 + 0.2 }} {{ 1/3 }} {{ 100000000000000000.0 }}",
        "{{ 1_000 }} {{ 0x1f }} {{ 0b101 }} {{ 0o17 }} {{ 1_0.5_0 }}", "{{ 1, 2 }}", "{{ messages[1].meta }}", "{{ range(3) }}{{ range(1, 7, 2) }}",
        "{{ 'a'\n~ 'b' }}", "{{ [1, 2,] }}{{ {'a': 1,} }}", "{{ emoji }} {{ [emoji] }}", "{{ 5e-324 }} {{ 2e23 }} {{ 9007199254740993.0 }}",
        "{{ {1: 'a', 1.0: 'b', true: 'c'} }}", "{{ 0.0001 }} {{ 0.00001 }}", "{{ 'back\\slash \\d' }}", "{{ '\\101\\60' }}",
    ],
    "white space": [
        "a\n{% if true %}\nb\n{% endif %}\nc\n", "a\n  {% if true %}\n  b\n  {% endif %}\nc", "a {%- if true -%} b {%- endif -%} c",
        "  {% if true %}x{% endif %}  \n  y", "{# comment #}\nx", "a {#- comment -#} b", "  {# c #}\n  x", "a\n{{ 1 }}\nb\n",
        "a {{- 1 -}} b", "a\n  {%+ if true %}x{% endif %}", "{% if true +%}\nx{% endif %}", "\n\nx\n\n", "x\n", "x\n\n", "{{ 'a\n' }}\n",
        "{% raw %}{{ x }}{% endraw %}", "{% raw -%}  {{ x }}  {%- endraw %}!", "a\n  {% raw %}\n{{ b }}\n  {% endraw %}\nc", "\r\na\r\nb\r",
        "{%- if true %} x {%- endif %} y", "  \n  {%- if true %}x{% endif -%}  \n  y", "{{ '  a ' -}}   b", "x{# multi\nline #}y", "{%if true%}a{%endif%}",
        "{{-1}}", "{{- -1 }}", "\t{% set x = 1 %}\n{{ x }}", "a{% if true %}\n\nb{% endif %}", "{% for i in range(2) %}\n  {{ i }}\n{% endfor %}\nend",
        "{%- for i in range(2) -%}\n  {{ i }}\n{%- endfor -%}\nend", "a {% if true %} {% endif %} b", "{{ 1 }}\n{% if true %}\n{{ 2 }}\n{% endif %}", "{#a#}{#b#}\n\n{#c#}x",
        "{% raw %}\na{% endraw %}", "x  {% raw %} y {% endraw %}  z\n {% if true -%} \n\n w {% endif %}", "   {{ 1 }}   \n   {%- set a = 1 +%}\n b", "{% if true %}a{%+ endif %}",
        "\n  {%- if true %}\n  a\n  {%- endif %}\n  b", "{% set a = 1 %}{% set b = 2 %}\n\nx", "x \u00a0{%- if true %}y{% endif %}",
    ],
    "arithmetic": [
        "{{ 1 + 2 * 3 }} {{ 10 - 2 - 3 }} {{ 2 * 3 ** 2 }}", "{{ 7 / 2 }} {{ 7 // 2 }} {{ 7 % 3 }}", "{{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7 // -2 }}",
        "{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** -1 }}", "{{ 1.5 + 1 }} {{ 3 * 0.5 }} {{ 7.5 // 2 }} {{ 7.5 % 2 }} {{ -7.5 % 2 }}", "{{ true + true }} {{ true * 3 }}",
        "{{ 'a' * 3 }} {{ 3 * 'ab' }} {{ [1] * 2 }} {{ 'a' * -1 }}|", "{{ [1] + [2] }} {{ (1,) + (2,) }}", "{{ 'a' ~ 1 ~ none ~ true ~ 1.0 ~ missing ~ [1] }}",
        "{{ 1 ~ 2 * 3 }} {{ 'a' ~ 1 + 2 }}", "{{ -3 | abs }} {{ (-3) | abs }} {{ - 3 }} {{ +3 }} {{ --3 }}", "{{ 1 + missing }}", "{{ missing + 1 }}", "{{ 'a' + 1 }}", "{{ 1 / 0 }}",
        "{{ 1 // 0 }}", "{{ none + 1 }}", "{{ 10 ** 25 }} {{ 10 ** 25 // 7 }} {{ -(10 ** 25) % 7 }}", "{{ 9223372036854775807 + 1 }}", "{{ 1e3 // 7 }} {{ 1.0 }} {{ 3.0 * 2 }}",
        "{{ 5 - -5 }} {{ 5 -5 }} {{ not 1 + 1 }}", "{{ 1 if 2 > 1 else 3 + 4 }}", "{{ 4 / 2 }} {{ 2 ** 0.5 }} {{ 2 ** 0 }}", "{{ {} + {} }}", "{{ [1] + (2,) }}", "{{ 0 ** 0 }} {{ 0.0 ** 0 }}",
        "{{ (1 + 2) * 3 }} {{ 2 * (3 + 4) % 5 }}", "{{ 1 - 1 - 1 }} {{ 8 / 4 / 2 }} {{ 2 ** 2 ** 0 }}", "{{ '%s' % 1 * 2 }} {{ 1 ~ 1 + 1 }}",
    ],
    "percent": [
        "{{ '%s and %s' % ('a', 1) }}", "{{ '%d|%5d|%-5d|%05d|%+d' % (3, 3, 3, 3, 3) }}", "{{ '%.2f %8.3f %e %g' % (1.5, 2.0, 12345.678, 0.0001) }}", "{{ '%x %X %o %c %%' % (255, 255, 8, 'z') }}",
        "{{ '%(a)s-%(b)d' % {'a': 'x', 'b': 2} }}", "{{ '%r' % 'a' }} {{ '%s' % none }} {{ '%s' % [1] }}", "{{ '%s' % (1, 2) }}", "{{ '%s %s' % 'a' }}", "{{ '%d' % 'a' }}", "{{ '%.3s|%10s|%-10s|' % ('abcdef', 'r', 'l') }}",
        "{{ '%i %u' % (3.7, 4) }}", "{{ '%*d' % (5, 3) }}", "{{ '%#x %#o' % (255, 8) }}", "{{ '%s' % 'a' ~ 'b' }}", "{{ '%g %g %g' % (1e10, 100000, 1234567) }}", "{{ '100%%' % () }}", "{{ '%s' | format(3) }} {{ '%s-%s' | format('a', 'b') }} {{ '%(x)s' | format(x=1) }}",
        "{{ '%5s|%5s' % (true, none) }}", "{{ '% d % d' % (3, -3) }}", "{{ '%e' % 0 }} {{ '%.0f %.0f %.0f' % (0.5, 1.5, 2.5) }}",
    ],
    "brace format": [
        "{{ '{} {}'.format(1, 'a') }}", "{{ '{1} {0}'.format(1, 'a') }}", "{{ '{x} {y[0]} {z[a]}'.format(x=1, y=[2], z={'a': 3}) }}", "{{ '{:>5}|{:<5}|{:^5}|{:*^7}'.format('a', 'b', 'c', 'd') }}",
        "{{ '{:05d} {:+d} {:,} {:x} {:b}'.format(42, 42, 1234567, 255, 5) }}", "{{ '{:.2f} {:8.3f} {:e} {:%}'.format(1.5, 2.0, 12345.678, 0.25) }}", "{{ '{{}} {!r} {!s}'.format('a', 'b') }}", "{{ '{:{}}|'.format('a', 5) }}",
        "{{ '{:.3}'.format('abcdef') }} {{ '{:5}|'.format(3) }} {{ '{:5}|'.format('a') }}", "{{ '{'.format() }}", "{{ '{}'.format() }}", "{{ '{:g} {:g}'.format(1e10, 0.5) }} {{ '{:.3g}'.format(1234.5) }}", "{{ '{:_}'.format(1234567) }} {{ '{:=+5d}'.format(3) }}",
    ],
    "logic": [
        "{{ 'y' if true or false and false else 'n' }}{{ (none or 'd') }}{{ ('' or 'e') }}{{ ('x' and 'w') }}", "{{ not true }} {{ not '' }} {{ not not 1 }}", "{{ not 1 == 2 }} {{ not 'a' in ['a'] }}", "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1 != 2 }}",
        "{{ 1 == 1.0 }} {{ 1 == true }} {{ 'a' == 'a' }} {{ [1] == [1.0] }} {{ (1,) == [1] }} {{ none == false }}", "{{ 'b' > 'a' }} {{ [1, 2] < [1, 3] }} {{ 'Z' < 'a' }}", "{{ 1 < 'a' }}", "{{ none < 1 }}", "{{ 'a' in 'cat' }} {{ 'a' not in 'cat' }} {{ 'b' in table }} {{ 2 in table }} {{ 3 in items }}",
        "{{ 1 in 'a' }}", "{{ missing == missing2 }} {{ missing == none }} {{ missing in [1] }} {{ 1 in missing }}", "{{ 'a' if missing else 'b' }} {{ 'a' if false }}|", "{{ missing and 1 }}|{{ missing or 1 }}", "{{ 0 or [] or {} or 'z' }} {{ 1 and [] }} {{ 0.0 or 5 }}", "{{ {'a': 1} == {'a': 1.0} }} {{ {} == [] }}",
        "{{ 1 if true else 2 if true else 3 }} {{ 1 if false else 2 if false else 3 }}", "{{ ('a' if false else 'b') ~ 'c' }} {{ 'a' if false else 'b' ~ 'c' }}", "{{ true and not false or false }}", "{{ 1 + 1 == 2 and 2 * 2 == 4 }}", "{{ 'a' ~ 'b' == 'ab' }}", "{{ [] is sameas [] }} {{ none is sameas none }} {{ true is sameas true }}", "{{ 1 is not none and none is none }}",
        "{{ 3 > 2 > 1 == 1 }} {{ 'a' in 'ab' in ['ab'] }}", "{{ 10 ** 20 == 1e20 }} {{ 2 ** 53 + 1 == 2.0 ** 53 }}", "{{ range(3) == [0, 1, 2] }} {{ emoji > 'a' }}",
    ],
    "access": [
        "{{ messages[0].role }} {{ messages[0]['role'] }} {{ messages[-1].role }} {{ messages[99] }}|", "{{ messages.0.role }} {{ nested.1.1.0 }}", "{{ table.a }} {{ table['C'] }} {{ table.missing }}|{{ table['missing'] }}|", "{{ missing.a }}", "{{ messages[0].a.b }}", "{{ none.a }}|", "{{ table.items }}x" if False else "{{ {'items': 3}['items'] }}",
        "{{ 'abc'[1] }} {{ 'abc'[-1] }} {{ 'abc'[5] }}|", "{{ emoji[2] }} {{ emoji[2:] }} {{ emoji[::-1] }} {{ emoji | length }}", "{{ items[1:3] }} {{ items[:-1] }} {{ items[::2] }} {{ items[::-1] }} {{ items[-2:] }} {{ items[5:] }} {{ items[2:0:-1] }}", "{{ 'abcdef'[1:4] }} {{ 'abcdef'[::-2] }} {{ 'abcdef'[-3:-1] }}", "{{ items[::0] }}", "{{ (1, 2, 3)[1:] }} {{ range(5)[1:3] }} {{ range(10)[3] }}",
        "{{ messages[1].meta.tags[1] }} {{ messages[1]['meta']['n'] }}", "{{ 'abc'.foo }}|", "{{ ''.__class__ }}|", "{{ ''.__class__.__mro__ }}", "{{ items.append(4) }}", "{{ table.update({'z': 1}) }}", "{{ items.pop() }}", "{{ table[1] }}|{{ items['a'] }}|", "{{ items[1.0] }}|", "{{ items[true] }}", "{{ table[[1]] }}|", "{{ number.real }}" if False else "{{ messages[:1][0].role }}",
        "{{ messages | map(attribute='content') | list }}", "{{ {'a': {'b': [10, 20]}}.a.b[1] }}", "{{ [1, 2, 3][missing] }}|", "{{ items[none:2] }}", "{{ items['a':2] }}", "{{ nested[1][1][0] }} {{ nested[0][-1] }}", "{{ table.get('a') }} {{ table.get('x') }} {{ table.get('x', 5) }}", "{{ 5[0] }}|{{ none[0] }}|", "{{ word.upper }}" if False else "{{ word.upper() }}",
    ],
    "text methods": [
        "{{ ' a '.strip() }}|{{ ' a '.lstrip() }}|{{ ' a '.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'abcba'.strip('ab') }}", "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ ' a b  c '.split(none, 1) }}", "{{ 'a,b,c'.rsplit(',', 1) }} {{ ' a b  c '.rsplit(none, 1) }} {{ 'abc'.split('x') }} {{ ''.split() }} {{ ''.split(',') }}",
        "{{ 'abc'.split('') }}", "{{ 'aXbXc'.replace('X', '-') }} {{ 'aXbXc'.replace('X', '-', 1) }} {{ 'abc'.replace('', '-') }}", "{{ 'Hello'.startswith('He') }} {{ 'Hello'.endswith(('x', 'lo')) }} {{ 'Hello'.startswith('l', 2) }}", "{{ 'hello world'.title() }} {{ 'hELLO'.capitalize() }} {{ \"it's a-b\".title() }} {{ 'aBc'.swapcase() }}", "{{ 'hello'.find('l') }} {{ 'hello'.rfind('l') }} {{ 'hello'.find('z') }} {{ 'hello'.index('e') }} {{ 'hello'.count('l') }}", "{{ 'hello'.index('z') }}",
        "{{ '-'.join(['a', 'b']) }} {{ ''.join('abc') }}", "{{ ','.join([1, 2]) }}", "{{ 'a'.center(5) }}|{{ 'ab'.center(5, '*') }}|{{ 'a'.ljust(3) }}|{{ 'a'.rjust(3, '0') }}|{{ '42'.zfill(5) }}|{{ '-42'.zfill(5) }}", "{{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }} {{ 'abc'.partition('-') }} {{ 'abc'.rpartition('-') }}", "{{ 'a\\nb\\r\\nc\\n'.splitlines() }} {{ 'a\\nb'.splitlines(true) }} {{ ''.splitlines() }}", "{{ 'abc'.isalpha() }}{{ 'ab1'.isalnum() }}{{ '12'.isdigit() }}{{ ' '.isspace() }}{{ 'AB'.isupper() }}{{ 'ab'.islower() }}{{ 'Ab Cd'.istitle() }}{{ ''.isalpha() }}",
        "{{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }}", "{{ 'a\\tb'.expandtabs(4) }}", "{{ '\u00df'.upper() }} {{ '\u00c4'.lower() }} {{ 'STRASSE'.casefold() }} {{ '\u00df'.casefold() }} {{ '\u01c4'.title() }} {{ '\u00dfa'.capitalize() }}", "{{ 'abc'.nope() }}", "{{ 'abc'.encode() }}" if False else "{{ 'x'.isidentifier() }} {{ '1x'.isidentifier() }} {{ 'caf\u00e9'.isascii() }}", "{{ word.lower().split(', ')[1].upper() }}", "{{ ' x '.strip().upper() ~ 'a'.upper() }}", "{{ '\u00b2'.isdigit() }}{{ '\u00b2'.isdecimal() }}{{ '\u00bd'.isnumeric() }}{{ '\u2167'.isnumeric() }}{{ '\u0663'.isdecimal() }}",
        "{{ 'abcabc'.find('c', 3) }} {{ 'abcabc'.find('a', 1, 3) }} {{ 'abcabc'.count('abc', 1) }} {{ emoji.find('b') }}", "{{ 'x'.isprintable() }} {{ '\\n'.isprintable() }}", "{{ 'a b'.split(' ', maxsplit=1) }} {{ 'a b c'.split(sep=' ') }}", "{{ 'aaa'.replace('a', 'b', 2) }} {{ 'aaa'.replace('aa', 'b') }}", "{{ '\\x1c a\\u3000'.strip() }}|", "{{ 'abc'.startswith(1) }}",
    ],
    "map and list methods": [
        "{% for k, v in table.items() %}{{ k }}={{ v }};{% endfor %}", "{{ table.keys() }} {{ table.values() }} {{ table.items() }}", "{{ table.keys() | list }} {{ table.values() | sum }} {{ table | list }} {{ table | length }}", "{{ items.index(2) }} {{ items.count(3) }}", "{{ items.index(9) }}", "{{ (1, 2).index(2) }}", "{{ table.copy() }}", "{{ table.keys()[0] }}|", "{% for k in table %}{{ k }}{% endfor %}", "{{ 'a' in table.keys() }} {{ 2 in table.values() }}",
        "{{ table.items() | list | length }}", "{{ dict(a=1, b=2) }} {{ dict({'a': 1}, b=2) }} {{ dict([('a', 1)]) }}", "{{ (3).bit_length() }} {{ (2.0).is_integer() }}",
    ],
    "if": [
        "{% if yes %}a{% endif %}{% if no %}b{% else %}c{% endif %}", "{% if no %}a{% elif yes %}b{% else %}c{% endif %}", "{% if no %}a{% elif no %}b{% elif nothing %}c{% endif %}|", "{% if items and table %}x{% endif %}{% if empty or [] %}y{% endif %}", "{% if missing %}a{% else %}b{% endif %}", "{% if 'a' is defined and missing is not defined %}x{% endif %}", "{% if yes %}{% if no %}1{% else %}2{% endif %}{% else %}3{% endif %}", "{% if yes %}", "{% endif %}", "{% if %}a{% endif %}", "{% if yes %}a{% else %}b{% elif yes %}c{% endif %}", "{% if yes %}{% set x = 1 %}{% endif %}{{ x }}",
    ],
    "for": [
        "{% for i in items %}{{ i }},{% endfor %}", "{% for m in messages if m.role != 'system' %}{{ loop.index }}:{{ m.role }};{% endfor %}", "{% for i in [] %}x{% else %}none{% endfor %}{% for i in [1] %}x{% else %}none{% endfor %}", "{% for i in items if i > 5 %}x{% else %}none{% endfor %}", "{% for i in items %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}",
        "{% for i in items %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {% endfor %}", "{% for i in items %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for i in [1, 1, 2, 2, 1] %}{{ loop.changed(i) }}{% endfor %}", "{% for a, b in [(1, 2), (3, 4)] %}{{ a }}-{{ b }} {% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for a, b in [1, 2] %}x{% endfor %}", "{% for a, b in [(1, 2, 3)] %}x{% endfor %}", "{% for c in 'ab\u00e9\U0001f600' %}{{ c }}.{% endfor %}",
        "{% for i in missing %}x{% else %}y{% endfor %}", "{% for i in 5 %}x{% endfor %}", "{% for i in none %}x{% endfor %}", "{% for i in range(3) %}{% for j in range(i) %}{{ i }}{{ j }}{{ loop.index }} {% endfor %}{% endfor %}", "{% for i in range(3) %}{% set outer = loop %}{% for j in 'ab' %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}", "{% set x = 0 %}{% for i in items %}{% set x = x + i %}{{ x }},{% endfor %}{{ x }}", "{% set ns = namespace(x=0) %}{% for i in items %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
        "{% for m in messages %}{% if loop.first %}{% set x = 'A' %}{% endif %}[{{ x }}]{% endfor %}", "{% for i in range(10) %}{% if i == 3 %}{% continue %}{% endif %}{% if i == 6 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{% break %}", "{% for i in range(3) %}{% for j in range(3) %}{% if j == 1 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}", "{% for x in nested recursive %}{% if x is iterable %}[{{ loop(x) }}]{% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %}", "{% for x in [1] %}{{ loop([2]) }}{% endfor %}", "{% for i in items %}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for m in messages[1:] | selectattr('role', 'equalto', 'user') %}{{ loop.index }}{{ m.content }}{% endfor %}", "{% for i in items | sort %}{{ loop.index }}:{{ i }} {% endfor %}", "{% for k, v in table | dictsort %}{{ k }}{{ v }}{% endfor %}", "{{ loop }}|", "{% for i in [1] %}{% endfor %}{{ i }}|", "{% for i in 1, 2, 3 %}{{ i }}{% endfor %}", "{% for i in items if i is odd %}{{ i }}{{ loop.last }}{% endfor %}", "{% for i in range(3) if i if true %}{{ i }}{% endfor %}" if False else "{% for i in (items if yes else []) %}{{ i }}{% endfor %}", "{% for i in items | batch(2) %}{{ i }}{% endfor %}",
        "{% for item in items | reverse %}{{ item }}{% endfor %}", "{% for x in {'a': 1}.items() %}{{ x }}{{ x[0] }}{% endfor %}", "{% for i in range(2) %}{{ loop.foo }}|{% endfor %}", "{% for loop in [1, 2] %}{{ loop }}{% endfor %}" if False else "{% for i in range(0) %}{% endfor %}x", "{% for i in range(5) %}{% if i is even %}{% continue %}{% endif %}{{ loop.index }}{% endfor %}", "{% set g = items | map('string') %}{% for a in g %}{{ a }}{% endfor %}|{% for a in g %}{{ a }}{% endfor %}", "{% for i in range(100001) %}{% endfor %}",
    ],
    "set": [
        "{% set x = 1 %}{{ x }}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set x %}a{{ 1 }}b{% endset %}{{ x }}{{ x | length }}", "{% set x | upper %}abc{% endset %}{{ x }}", "{% set x | trim | upper %} a {% endset %}[{{ x }}]", "{% set x = 1, 2 %}{{ x }}", "{% set ns = namespace(a=1, b='x') %}{% set ns.a = ns.a + 1 %}{{ ns.a }}{{ ns.b }}{{ ns.c }}|", "{% set table.x = 1 %}", "{% set x = y = 1 %}", "{% set x %}{% set y = 5 %}{% endset %}{{ y }}|", "{% set none = 1 %}", "{% set x = 'a' if yes else 'b' %}{{ x }}",
        "{% set ns = namespace() %}{% set ns.list = [1] %}{% set ns.list = ns.list + [2] %}{{ ns.list }}", "{% set messages = messages[1:] %}{{ messages | length }}", "{% set ns = namespace({'a': 1}) %}{{ ns.a }}{{ ns['a'] }}", "{% set x = [] %}{% set _ = x.append(1) %}", "{% set (a, b) = (1, 2) %}{{ a + b }}", "{% set a, b = [1] %}", "{% set x = not yes %}{{ x }}", "{% set ns = namespace(found=false) %}{% for m in messages %}{% if m.role == 'user' %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.found }}",
    ],
    "macros": [
        "{% macro f(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}{{ f(1, 3) }}{{ f(b=5, a=4) }}{{ f() }}|", "{% macro f() %}x{% endmacro %}{{ f() ~ f() | upper }}", "{% macro f(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, 3, x=4) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, b=2) }}", "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", "{% macro f() %}[{{ caller() }}]{% endmacro %}{% call f() %}inner{% endcall %}", "{% macro f() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) f() %}{{ a }}+{{ b }}{% endcall %}",
        "{% set x = 1 %}{% macro f() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ f() }}", "{% macro f() %}{% set x = 5 %}{% endmacro %}{{ f() }}{{ x }}|", "{% macro f(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ f(7) }}", "{% macro f(a) %}{% for i in range(a) %}{{ i }}{% endfor %}{% endmacro %}{{ f(3) | length }}", "{{ f() }}{% macro f() %}{% endmacro %}", "{% macro f(a=1, b) %}{% endmacro %}", "{% macro f(x) %}{{ f.name }}{{ f.arguments }}{% endmacro %}{{ f(1) }}", "{% macro f(x) -%} {{ x }} {%- endmacro %}[{{ f('a') }}]", "{% for i in range(2) %}{% macro g() %}{{ i }}{% endmacro %}{{ g() }}{% endfor %}", "{% macro f(x) %}{{ x.a }}{% endmacro %}{{ f({'a': 3}) }}", "{% macro f(m) %}{% if m is mapping %}{% for k, v in m.items() %}{{ k }}:{{ f(v) }};{% endfor %}{% else %}{{ m }}{% endif %}{% endmacro %}{{ f({'a': {'b': 1}, 'c': 2}) }}",
        "{% macro f() %}{{ caller is defined }}{% endmacro %}{{ f() }}" if False else "{% macro f() %}a{% endmacro %}{% set f = f() %}{{ f }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(*[1]) }}{{ f(**{'a': 2}) }}", "{% call f() %}x{% endcall %}", "{% macro outer() %}{% macro inner() %}i{% endmacro %}{{ inner() }}{% endmacro %}{{ outer() }}", "{{ f is defined }}{% macro f() %}{% endmacro %}{{ f is callable }}" if False else "{% macro f() %}{% endmacro %}{{ f is callable }}{{ 1 is callable }}", "{% macro f(a, a2=missing) %}{{ a2 is defined }}{% endmacro %}{{ f(1) }}",
    ],
    "blocks": [
        "{% filter upper %}abc{{ 'd' }}{% endfilter %}", "{% filter replace('a', 'b') | upper %}aXa{% endfilter %}", "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}|", "{% with %}{% set x = 1 %}{{ x }}{% endwith %}{{ x }}|", "{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}", "{% generation %}a{{ 1 }}{% endgeneration %}b", "x{% generation %}a{% endgeneration %}y{% generation %}b{% endgeneration %}", "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}", "{% generation %}{% set x = 1 %}{% endgeneration %}{{ x }}|", "{% include 'x' %}", "{% extends 'x' %}", "{% import 'x' as y %}", "{% from 'x' import y %}",
        "{% block a %}x{% endblock %}", "{% print 1 %}", "{% do 1 %}", "{% unknown %}", "{% autoescape false %}<{% endautoescape %}", "a{%- generation %} b {% endgeneration -%} c", "{% filter trim %}  x  {% endfilter %}|", "{{ caller }}|", "{{ self }}|" if False else "x", "{% debug %}", "{% trans %}x{% endtrans %}", "{{ raise_exception('No: ' ~ 1) }}", "{{ raise_exception(none) }}", "{% if add_generation_prompt %}P{% endif %}{{ tools is none }}{{ documents }}", "{{ strftime_now('%%') }}",
    ],
    "tests": [
        "{{ messages is iterable }}{{ messages is sequence }}{{ messages[0] is mapping }}{{ 'a' is string }}{{ 1 is number }}{{ none is none }}{{ true is boolean }}{{ true is true }}{{ 4 is even }}{{ 3 is odd }}", "{{ 6 is divisibleby 3 }}{{ 6 is divisibleby(4) }}{{ 'a' is defined }}{{ zz is undefined }}{{ 'a' is in ['a'] }}{{ 1 is integer }}{{ 1.5 is float }}{{ 2 is gt 1 }}{{ 'A' is upper }}{{ 'a' is lower }}", "{{ true is integer }}{{ true is number }}{{ 1 is boolean }}{{ none is string }}{{ 'a' is iterable }}{{ 1 is iterable }}{{ {} is sequence }}{{ (1,) is sequence }}", "{{ 1 is eq 1 }}{{ 1 is ne 1 }}{{ 1 is lt 2 }}{{ 1 is le 1 }}{{ 1 is ge 2 }}{{ 1 is equalto 1 }}{{ 1 is lessthan 2 }}{{ 1 is greaterthan 2 }}", "{{ 1 is sameas 1 }}{{ 'upper' is filter }}{{ 'nope' is filter }}{{ 'even' is test }}", "{{ 1 is not even }}{{ not 1 is even }}{{ 1 is even or 2 is even }}", "{{ missing is none }}{{ none is defined }}{{ messages.x is defined }}{{ messages[0].tool is defined }}", "{{ 1 is nope }}", "{{ 1 is even is odd }}", "{{ 'a' is even }}", "{{ messages is not string and messages is iterable }}", "{{ 5 is divisibleby 0 }}", "{{ ('a' ~ 'b') is eq 'ab' }}{{ 2 is in items }}{{ 9 is not in items }}", "{{ false is false }}{{ 0 is false }}{{ 1 is true }}", "{{ range(3) is iterable }}{{ range is callable }}{{ (items | map('string')) is iterable }}{{ missing is iterable }}", "{{ 'a' is escaped }}{{ '' is lower }}{{ 1 is lower }}", "{% if messages[0]['role'] is eq('system') %}x{% endif %}", "{{ 3 is gt 2 and 3 is lt 4 }}", "{{ 'x' is in 'xyz' }}",
    ],
    "text filters": [
        "{{ 'hello world'|title }}{{ 'hELLO'|capitalize }}{{ 'x'|upper }}{{ 'X'|lower }}{{ ' a '|trim }}{{ 'xax'|trim('x') }}{{ 'aXa'|replace('X','-') }}", "{{ \"it's a-test (foo) <bar> x_y\"|title }}", "{{ 'aaa'|replace('a', 'b', 2) }}{{ 5|replace('5', 'x') }}", "{{ 'abc'|reverse }}{{ 'abc'|list }}{{ 'abc'|length }}{{ 'abc'|first }}{{ 'abc'|last }}", "{{ 5|string + 'a' }}{{ none|string }}{{ [1]|string }}", "{{ 'a b c'|wordcount }}{{ ''|wordcount }}{{ \"it's x-y\"|wordcount }}", "{{ '<a href=\"x\">&\\'</a>'|e }}{{ '<'|escape }}", "{{ '<p>a  <b>b</b></p> c<!-- x -->'|striptags }}", "{{ 'a'|center(5) }}|{{ 'ab'|center(5) }}|", "{{ lines|indent }}", "{{ lines|indent(2, true) }}", "{{ lines|indent(2, first=true, blank=true) }}", "{{ 'a\\nb'|indent('> ') }}", "{{ 'one line'|indent }}|{{ ''|indent }}|", "{{ 'foo bar baz qux'|truncate(9) }}|{{ 'foo bar baz qux'|truncate(9, true) }}|{{ 'foo bar baz qux'|truncate(11) }}|{{ 'foo bar baz qux'|truncate(11, false, '..', 0) }}", "{{ 'a b&c/d\u00e9'|urlencode }} {{ {'a b': 1, 'c': '/'}|urlencode }}", "{{ 'the quick brown fox jumps'|wordwrap(10) }}", "{{ 'abcdefghijkl mn'|wordwrap(5) }}|{{ 'abcdefghijkl mn'|wordwrap(5, false) }}|{{ 'a b c d'|wordwrap(3, wrapstring='/') }}",
        "{{ '<x>'|safe }}", "{{ missing|upper }}|{{ none|upper }}|{{ 1|upper }}", "{{ 'a'|nope }}", "{{ 'x'|default('y') }}{{ missing|default('d') }}{{ ''|default('d', true) }}{{ none|default('d') }}{{ missing|d }}|{{ false|default('x', boolean=true) }}", "{{ missing.x|default('d') }}", "{{ table.x|default('d') }}{{ table.x.y|default('d') }}", "{{ 'abc'|pprint }}", "{{ 'A'|attr('lower') is callable }}{{ table|attr('a') }}|", "{{ 12|center }}|" if False else "{{ ' x'|trim|upper|lower }}", "{{ '%s'|format('x')|upper }}", "{{ word|lower|title|replace(', ', '/')|length }}", "{{ 'b'|upper ~ 'c'|upper + 'd' }}",
        "{{ 'ab\\n'|indent(1) }}|{{ '\\na\\n\\nb'|indent(1) }}|", "{{ '\u00e9\u00df'|upper }}{{ '\u00c9'|lower }}", "{{ 'a-b'|title }}{{ 'a\\tb\\nc'|title }}{{ 'x[y{z<w'|title }}",
    ],
    "number filters": [
        "{{ -3|abs }}{{ (-3)|abs }}{{ (-2.5)|abs }}", "{{ '5'|int + 1 }} {{ 'x'|int }} {{ 'x'|int(7) }} {{ '0x1f'|int(0, 16) }} {{ '3.7'|int }} {{ 3.7|int }} {{ none|int }} {{ ' 12 '|int }} {{ true|int }}", "{{ '2.5'|float }} {{ 'x'|float }} {{ 'x'|float(1.5) }} {{ 3|float }} {{ '1e3'|float }} {{ none|float }}", "{{ 2.567|round(2) }} {{ 2.5|round }} {{ 3.5|round }} {{ 2.1|round(0, 'ceil') }} {{ 2.9|round(method='floor') }} {{ 42|round }} {{ 1234|round(-2) }} {{ 2.55|round(1) }} {{ 25|round(-1) }}", "{{ 1.5|round|int }}", "{{ 1000|filesizeformat }} {{ 1|filesizeformat }} {{ 1500000|filesizeformat }} {{ 1024|filesizeformat(true) }} {{ 500|filesizeformat }}", "{{ '1_000'|int }} {{ '-7'|int }} {{ '+7'|int }} {{ 'inf'|float }} {{ 'nan'|float }}", "{{ '12abc'|int(-1) }} {{ ''|int }} {{ []|int }}", "{{ -2.5|round }} {{ 0.5|round }} {{ -0.4|round }}", "{{ 'a'|abs }}", "{{ '1e5'|int }} {{ '10'|int(base=2) }} {{ 'z'|int(0, 36) }}",
    ],
    "item filters": [
        "{{ [3,1,2]|sort|join(',') }} {{ [3,1,2]|sort(true) }} {{ ['b','A','c']|sort }} {{ ['b','A','c']|sort(case_sensitive=true) }}", "{{ people|sort(attribute='name')|map(attribute='name')|join }} {{ people|sort(attribute='age,name')|map(attribute='name')|join }} {{ people|sort(true, attribute='age')|map(attribute='name')|join }}", "{{ [1,2]|sum }} {{ people|sum(attribute='age') }} {{ [1]|sum(start=10) }} {{ []|sum }}", "{{ [1,3,2]|max }} {{ [1,3,2]|min }} {{ ['b','A']|min }} {{ ['b','A']|max(case_sensitive=true) }} {{ []|max }}| {{ people|max(attribute='age') }}", "{{ [1,2]|reverse|list }} {{ [1,2,3]|first }} {{ [1,2,3]|last }} {{ []|first }}| {{ []|last }}|", "{{ ['a',1,none]|join('-') }} {{ people|join(', ', attribute='name') }} {{ 'abc'|join('.') }} {{ []|join }}|", "{{ [1,2,1,3,2]|unique|list }} {{ ['a','A','b']|unique|list }} {{ ['a','A']|unique(true)|list }} {{ people|unique(attribute='age')|map(attribute='name')|list }}", "{{ [1,2,3,4,5]|batch(2)|list }} {{ [1,2,3]|batch(2, 0)|list }}", "{{ [1,2,3,4,5]|slice(2)|list }} {{ [1,2,3,4,5]|slice(3, 'x')|list }}",
        "{% for g in people|groupby('age') %}{{ g.grouper }}:{{ g.list|map(attribute='name')|join(',') }};{% endfor %}", "{% for k, v in people|groupby('age') %}{{ k }}{{ v|length }}{% endfor %}", "{% for k, v in people|groupby('x', default='z') %}{{ k }}{{ v|length }}{% endfor %}", "{{ table|dictsort }} {{ table|dictsort(true) }} {{ table|dictsort(by='value') }} {{ table|dictsort(reverse=true) }}", "{{ table|items|list }} {{ missing|items|list }}", "{{ ['a','b']|map('upper')|list }} {{ people|map(attribute='name')|list }} {{ people|map(attribute='x', default='-')|list }} {{ [' a ']|map('trim')|map('upper')|join }}", "{{ ['a','b']|map('replace', 'a', 'z')|list }}", "{{ [1,2,3,4]|select('even')|list }} {{ [0,1,'']|select|list }} {{ [1,2,3]|reject('odd')|list }} {{ [1,5,3]|select('gt', 2)|list }}",
        "{{ people|selectattr('age', 'eq', 5)|map(attribute='name')|list }} {{ people|rejectattr('age', 'eq', 5)|map(attribute='name')|list }} {{ messages|selectattr('weight')|list|length }} {{ messages|selectattr('meta', 'defined')|list|length }}", "{{ messages|selectattr('role', '==', 'user')|map(attribute='content')|map('trim')|join('|') }}", "{{ 'abc'|map('upper')|list }} {{ table|map('upper')|list }}", "{{ [1,2,3]|length }} {{ table|count }} {{ missing|length }}", "{{ 5|length }}", "{{ 5|list }}", "{{ [1,'a']|sort }}", "{{ [3,1]|sort(reverse=true)|first }}", "{{ nested|map('length')|list }} {{ nested|map('first')|list }} {{ nested|map(attribute=0)|list }} {{ nested|map(attribute='1')|list }}", "{{ [[2,1],[1,2]]|sort }} {{ [(1,'b'),(1,'a')]|sort }}", "{{ messages|map(attribute='meta.n')|list|length }} {{ [{'a':{'b':1}}]|map(attribute='a.b')|list }}",
        "{{ range(5)|list }} {{ range(5)|sum }} {{ range(5)|reverse|list }} {{ range(3)|join }}", "{{ items|sort|unique|list|length }}", "{{ 'cab'|sort|join }}", "{% if [1,2]|select('odd') %}x{% endif %}{% if []|map('upper') %}y{% endif %}", "{{ []|map('upper')|first is defined }}", "{{ [1,2]|map('nope')|list }}", "{{ [1]|select('nope')|list }}", "{{ [1]|map|list }}", "{{ items|last + items|first }}", "{{ ([1,2,3]|map('string')|list)[1] }}", "{{ [true,false]|sum }} {{ ['a']|sum }}", "{{ people|map(attribute='name')|sort|first|upper }}",
        "{{ [0.5,1]|max }} {{ 'hello'|unique|join }} {{ ['x','y']|last }}", "{{ none|map('upper')|list }}{{ nothing|selectattr('a')|map(attribute='b')|join('') }}{{ 0|select|list }}{{ false|reject|list }}{{ none|rejectattr('a')|list }}", "{{ none|list }}", "{{ none|join }}", "{{ none|unique|list }}", "{{ none|sum }}", "{{ none|sort }}", "{{ none|first }}", "{{ none|batch(2)|list }}", "{{ none|reverse|list }}", "{{ none|groupby('a') }}", "{{ 5|map('upper')|list }}", "{{ none|dictsort }}", "{{ none|min }}", "{{ none|length }}",
    ],
    "tojson": [
        "{{ {'b': [1, true, none], 'a': '\u00e9<>&\\'\"'} | tojson }}", "{{ {'b': 1, 'a': {'c': [], 'd': {}, 'e': [1, {'f': 2}]}} | tojson(indent=2) }}", "{{ [1.0, 1e20, 0.1, -1] | tojson }}", "{{ 'a\\n\\t\\\\\\x01\\u2028' | tojson }}", "{{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }}", "{{ {'a': [1, 2]} | tojson(separators=(',', ':')) }}", "{{ '\u00e9\U0001f600' | tojson(ensure_ascii=true) }}", "{{ (1, 2) | tojson }} {{ {1: 2, none: 3, true: 4} | tojson }}", "{{ missing | tojson }}", "{{ messages[1] | tojson }}", "{{ messages | tojson(indent=4) }}", "{{ [] | tojson(indent=2) }}{{ {} | tojson(indent=2) }}{{ [[]] | tojson(indent=1) }}", "{{ none | tojson }}{{ true | tojson }}{{ 'x' | tojson }}{{ 5 | tojson }}", "{{ {'a': 1} | tojson(indent='\\t') }}", "{{ range(2) | tojson }}", "{{ {'a': '</script>'} | tojson }}", "{{ [1, [2, [3]]] | tojson(indent=0) }}",
    ],
    "functions": [
        "{{ range(3)|list }} {{ range(2, 5)|list }} {{ range(5, 0, -2)|list }} {{ range(0)|list }} {{ range(3, 1)|list }}", "{{ range(1, 2, 0) }}", "{{ range('a') }}", "{{ range() }}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.current }}", "{% set j = joiner('; ') %}{{ j() }}a{{ j() }}b{{ j() }}c", "{% set j = joiner() %}{{ j() }}{{ j() }}", "{{ namespace(a=1).a }}", "{{ nope() }}", "{{ 5() }}", "{{ word() }}", "{{ dict(a=1).a }}", "{{ range(3).stop }}" if False else "{{ range(3)[-1] }}", "{{ range(200000) }}", "{{ namespace(_x=1) }}",
    ],
    "errors": [
        "{{", "{% if", "{{ 1 + }}", "{{ (1 }}", "{{ 1 } }}", "{% for %}{% endfor %}", "{{ 'a }}", "{# x", "{% raw %}", "{{ a b }}", "{{ 1 2 }}", "{{ }}", "{% %}", "{{ [1 2] }}", "{{ {1} }}", "{{ a. }}", "{{ a| }}", "{{ a is }}", "{% endfor %}", "{% set %}", "{% for x in %}{% endfor %}", "{{ ! }}", "{{ a ? b }}", "{{ f(a=1, 2) }}", "{{ f(a=1, a=2) }}", "{{ ]] }}", "{% macro %}{% endmacro %}", "{% if true %}{% endfor %}", "{{ \u20ac }}", "{{ 'a' if }}", "{% for a.b in x %}{% endfor %}" if False else "{% elif x %}",
        "{{ 1.2.3 }}", "{{ x[] }}", "{% set x 1 %}", "{{ @ }}", "{{ a..b }}", "{% call x %}{% endcall %}", "{% filter %}x{% endfilter %}", "{% with a %}{% endwith %}",
    ],
    "templates as models have them": [
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
        "{%- if messages[0]['role'] == 'system' -%}\n    {%- set system_message = messages[0]['content'] | trim -%}\n    {%- set loop_messages = messages[1:] -%}\n{%- else -%}\n    {%- set loop_messages = messages -%}\n{%- endif -%}\n{{ bos_token }}{%- for m in loop_messages -%}\n{{ '<' + m.role + '>' + m.content | trim + eos_token }}\n{%- endfor -%}",
        "{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}\n{%- for message in messages[::-1] %}\n    {%- set index = (messages|length - 1) - loop.index0 %}\n    {%- if ns.multi_step_tool and message.role == \"user\" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}\n        {%- set ns.multi_step_tool = false %}\n        {%- set ns.last_query_index = index %}\n    {%- endif %}\n{%- endfor %}\n{{- ns.last_query_index }}\n{%- for message in messages %}\n  {%- set content = message.content %}\n  {%- if message.role == 'assistant' %}\n    {%- set reasoning = '' %}\n    {%- if '</think>' in content %}\n      {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}\n      {%- set content = content.split('</think>')[-1].lstrip('\\n') %}\n    {%- endif %}\n    {{- '[' ~ reasoning ~ '|' ~ content ~ ']' }}\n  {%- endif %}\n{%- endfor %}",
        "{%- macro render(value, indent=0) -%}\n{%- if value is mapping -%}\n{%- for k, v in value|dictsort %}\n{{ ' ' * indent }}{{ k }}:{{ render(v, indent + 2) }}\n{%- endfor -%}\n{%- elif value is iterable and value is not string -%}\n[{% for v in value %}{{ render(v) }}{{ ', ' if not loop.last }}{% endfor %}]\n{%- else -%}\n {{- value|string -}}\n{%- endif -%}\n{%- endmacro -%}\n{{ render(messages[1].meta) }}",
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate') }}{% endif %}{% endfor %}",
        "{%- for message in messages -%}{%- if message.role == 'assistant' -%}{% generation %}{{ message.content ~ eos_token }}{% endgeneration %}{%- else -%}{{ message.content }}{%- endif -%}{%- endfor -%}",
        "{% set roles = messages | map(attribute='role') | list %}{{ roles | join('/') }}{% if 'tool' not in roles %} no tools{% endif %}{{ messages | selectattr('role', 'equalto', 'user') | list | length }}",
        "{{- 'Date: ' ~ (date_string if date_string is defined else 'unknown') ~ '\\n' -}}{%- if tools %}T{% endif -%}{% for m in messages if m['role'] in ['user', 'assistant'] -%}{{ loop.index }}{{ m['role'][0] | upper }}{%- if not loop.last %},{% endif %}{%- endfor %}",
    ],
}


def render(template):
    try:
        rendered, spans = render_jinja_template([MESSAGES], chat_template=template, add_generation_prompt=True,
                                                return_assistant_tokens_mask="generation" in template, **VALUES)
        row = {"template": template, "text": rendered[0]}
        if spans and spans[0]:
            row["generated"] = [rendered[0][begin:end] for begin, end in spans[0]]
        return row
    except Exception as error:  # every kind of refusal is one to us
        return {"template": template, "error": type(error).__name__ + ": " + str(error)}


class Chance:
    """Templates made by chance: mostly right ones, over the same values."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *options):
        return self.random.choice(options)

    def value(self, depth):
        if depth <= 0:
            return self.pick("word", "number", "real", "yes", "nothing", "items", "table", "emoji", "'x'", "3", "-2", "0", "1.5", "''",
                             "missing", "messages[1].role", "[1, 2]", "{'k': 1}", "(1, 'a')", "loop.index", "bos_token", "people")
        inner = lambda: self.value(depth - 1 - self.random.randrange(2))
        kind = self.random.randrange(14)
        if kind == 0:
            return f"{inner()} {self.pick('+', '-', '*', '//', '%', '~', '/')} {inner()}"
        if kind == 1:
            return f"{inner()} {self.pick('==', '!=', '<', '>=', 'in', 'not in')} {inner()}"
        if kind == 2:
            return f"{inner()} {self.pick('and', 'or')} {inner()}"
        if kind == 3:
            return f"not {inner()}"
        if kind == 4:
            return f"({inner()})"
        if kind == 5:
            return f"({inner()} if {inner()} else {inner()})"
        if kind in (6, 7):
            return f"{inner()} | {self.pick('string', 'length', 'upper', 'list', 'first', 'last', 'join', 'default(1)', 'trim', 'int', 'sort', 'reverse | list', 'tojson', 'title', 'abs', 'unique | list', 'sum', 'capitalize', 'replace(1, 2)')}"
        if kind == 8:
            return f"({inner()}) is {self.pick('', 'not ')}{self.pick('defined', 'none', 'string', 'number', 'mapping', 'iterable', 'even', 'sequence', 'true', 'eq 1')}"
        if kind == 9:
            if self.random.random() < 0.5:  # Jinja2 forgives slices of the wrong kind where it computes them beforehand
                return f"{self.pick('items', 'word', 'messages', 'emoji', 'people')}[{self.pick('1:', ':2', '::-1', '1:3', 'number:')}]"
            return f"({inner()})[{self.pick('0', '-1', 'number', repr('a'))}]"
        if kind == 10:
            return f"[{inner()}, {inner()}]"
        if kind == 11:
            return f"({inner()} ~ {inner()})"
        if kind == 12:
            return f"({inner()} | string).{self.pick('upper()', 'strip()', 'split()', 'title()', 'startswith(' + repr('H') + ')', 'find(' + repr('o') + ')', 'replace(' + repr('o') + ', ' + repr('0') + ')', 'center(9)', 'isdigit()')}"
        return "{" + f"'a': {inner()}, 'b': {inner()}" + "}"

    def space(self):
        return self.pick("", "", " ", "\n", "\n  ", "x", "x\n")

    def tag(self, text):
        return "{%" + self.pick("", "", "", "-", "+") + " " + text + " " + self.pick("", "", "", "-", "+") + "%}"

    def statement(self, depth):
        kind = self.random.randrange(9)
        if depth <= 0 or kind < 3:
            return "{{" + self.pick("", "", "-") + " " + self.value(2) + " " + self.pick("", "", "-") + "}}"
        if kind == 3:
            other = self.tag("else") + self.body(depth - 1) if self.random.random() < 0.5 else ""
            return self.tag(f"if {self.value(2)}") + self.body(depth - 1) + other + self.tag("endif")
        if kind in (4, 5):
            over = self.pick("items", "messages", "people", "range(3)", "table", "word", "table.items()", "nested")
            test = f" if {self.value(1)}" if self.random.random() < 0.3 else ""
            return self.tag(f"for v in {over}{test}") + self.body(depth - 1) + self.pick("", self.tag("else") + "-") + self.tag("endfor")
        if kind == 6:
            return self.tag(f"set {self.pick('word', 'number', 'v', 'w')} = {self.value(2)}")
        if kind == 7:
            return self.tag("set w") + self.body(depth - 1) + self.tag("endset")
        return self.tag("macro m(a, b=1)") + self.body(depth - 1) + self.tag("endmacro") + "{{ m(" + self.value(1) + ") }}"

    def body(self, depth):
        return "".join(self.space() + self.statement(depth) for _ in range(self.random.randrange(1, 4))) + self.space()


def plain(text):
    return text is None or ("0x" not in text and "generator object" not in text and "<function" not in text
                            and "<built-in" not in text and "LoopContext" not in text and "<class" not in text
                            and "bound method" not in text and "TemplateDict" not in text)


def main(target):
    rows = [dict(render(template), kind=kind) for kind, templates in TABLE.items() for template in templates]
    chance = Chance(20261130)
    while len(rows) < sum(map(len, TABLE.values())) + 500:
        row = dict(render(chance.body(2)), kind="chance")
        if plain(row.get("text")) and len(row.get("text", "")) < 2000 and (
                "text" in row or chance.random.random() < 0.15):
            rows.append(row)
    with open(target, "w", encoding="utf-8") as out:
        json.dump({"messages": MESSAGES, "values": VALUES, "rows": rows}, out, indent=1, ensure_ascii=True)
        out.write("\n")
    print(len(rows), "rows,", sum("error" in row for row in rows), "errors")


main(sys.argv[1])
