"""Words of the search index: which terms a name has, and which terms a typed text needs.

Five families of terms, told apart by their form:

* hanzi and other letters without case: every sign, every pair of neighbours (``山``, ``山泉``);
* ``N``, ``NF``, ``NFS``: every initial, pair and triple of neighbouring initials;
* ``no``, ``non``, ``nong``: beginnings of a syllable or Latin word, two to six letters;
* ``nong f``: a whole syllable and the first letter of the next;
* ``5``, ``55``, ``550``: beginnings of a number.

A term is a necessary condition only; `Part.fits` decides on the row itself, so ``ab`` + ``bc``
never passes for ``abc``. Pure functions, no database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import Final

_MAX_PREFIX: Final = 6
_MAX_READINGS: Final = 6
_MAX_TYPED: Final = 48
_GAP: Final = re.compile(r"(?<![0-9a-z])[\W_]+|[\W_]+(?![0-9a-z])")
_RUNS: Final = re.compile(r"[0-9]+|[a-z]+|[^\W_0-9a-z]+")
_LETTERS: Final = re.compile(r"[a-z]+")
_NUMBERS: Final = re.compile(r"[0-9]+")

# Every syllable of standard Mandarin without tones, as PyPI pypinyin 0.55 spells them (ü = v).
_SYLLABLES: Final = frozenset(
    """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biang biao bie bin bing bo bong bu ca
    cai can cang cao ce cei cen ceng cha chai chan chang chao che chen cheng chi chong chou chu
    chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de
    dei den deng di dia dian diao die din ding diu dong dou du duan dui dun duo e ei en eng er fa
    fan fang fei fen feng fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai
    guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui
    hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke
    kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei len leng
    li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao
    me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni
    nia nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve o ou pa pai pan pang pao
    pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu
    qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang
    sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan
    shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian
    tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wong wu xi xia xian
    xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you
    yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen
    zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun
    zuo
    """.split()  # noqa: SIM905 - four hundred quoted words would hide the table
)
_BEGINNINGS: Final = frozenset(s[:n] for s in _SYLLABLES for n in range(1, len(s) + 1))


@dataclass(frozen=True, slots=True)
class Searchable:
    """What of an item is searched, folded.

    Args:
        name: name without blanks between hanzi, lower case.
        syllables: pinyin words in order.
        initials: initials with the name's own letters and digits.
    """

    name: str
    syllables: tuple[str, ...]
    initials: str

    @staticmethod
    def of(name_zh: str, pinyin: str, initials: str) -> Searchable:
        """Fold an item's texts; initials that the platform left out are taken from the pinyin."""
        syllables = tuple(pinyin.lower().split())
        if not initials:
            initials = "".join(s if s[0].isdigit() else s[0] for s in syllables)
        return Searchable(compact(name_zh), syllables, initials.lower())


@dataclass(frozen=True, slots=True)
class Part:
    """One run of the typed text: hanzi, letters or digits.

    Args:
        text: the run, folded.
        readings: each a set of terms that must all be there; one reading is enough.
    """

    text: str
    readings: tuple[frozenset[str], ...]

    @property
    def certain(self) -> bool:
        """Whether having the terms is proof enough: the whole run is one term of one family."""
        if self.text.isascii() and self.text.isdigit():
            return len(self.text) <= _MAX_PREFIX
        return len(self.text) <= (1 if self.text.isascii() else 2)

    def fits(self, item: Searchable) -> bool:
        """Whether this run really occurs in the item."""
        if self.text.isascii() and self.text.isdigit():
            return re.search(f"(?<![0-9]){self.text}", item.name) is not None
        if not self.text.isascii():
            return self.text in item.name
        return self.text in item.initials or self.text in item.name or self._spells(item)

    def _spells(self, item: Searchable) -> bool:
        spelled = "".join(item.syllables)
        start = 0
        for syllable in item.syllables:
            if spelled.startswith(self.text, start):
                return True
            start += len(syllable)
        return False


def fold(text: str) -> str:
    """Lower case, half width, one form of each character."""
    return unicodedata.normalize("NFKC", text).lower()


def compact(text: str) -> str:
    """Fold and close the gaps, except between two Latin words or numbers."""
    return _GAP.sub("", fold(text))


def terms_of(item: Searchable) -> set[str]:
    """Every term under which the item can be found."""
    terms: set[str] = set()
    for run in _RUNS.findall(item.name):
        if not run.isascii():
            terms.update(_grams(run, 1), _grams(run, 2))
        elif run[0].isdigit():
            terms.update(_beginnings(run))
        else:
            terms.update(_initial_terms(run))
    for run in _LETTERS.findall(item.initials):
        terms.update(_initial_terms(run))
    for syllable in item.syllables:
        if syllable[0].isalpha():
            terms.update(_beginnings(syllable)[1:])
    terms.update([f"{one} {following[0]}" for one, following in pairwise(item.syllables)])
    return terms


def parts_of(typed: str) -> list[Part]:
    """Cut a typed text into runs, each with the readings to look up.

    Args:
        typed: anything; what goes beyond 48 characters is ignored.

    Returns:
        The parts that must all fit; none when nothing searchable was typed.
    """
    return [Part(run, _readings(run)) for run in _RUNS.findall(fold(typed[:_MAX_TYPED]))]


def _readings(run: str) -> tuple[frozenset[str], ...]:
    if not run.isascii():
        return (frozenset(_grams(run, min(2, len(run)))),)
    if run[0].isdigit():
        return (frozenset({run[:_MAX_PREFIX]}),)
    as_initials = frozenset(_needed_initials(run))
    cuts = islice(_cuts(run), _MAX_READINGS)
    spelled = [_spelling_terms(pieces) for pieces in cuts]
    as_word = [frozenset({run[:_MAX_PREFIX]})] if run[1:] else []
    return tuple(dict.fromkeys([as_initials, *spelled, *as_word]))


def _cuts(run: str) -> Iterator[tuple[str, ...]]:
    """Ways to read letters as syllables, the last one perhaps unfinished; long syllables first."""
    if run in _BEGINNINGS:
        yield (run,)
    for length in range(min(_MAX_PREFIX, len(run) - 1), 0, -1):
        if run[:length] in _SYLLABLES:
            for rest in _cuts(run[length:]):
                yield (run[:length], *rest)


def _spelling_terms(pieces: tuple[str, ...]) -> frozenset[str]:
    last = pieces[-1]
    words = {f"{one} {following[0]}" for one, following in pairwise(pieces)}
    words.add(last[:_MAX_PREFIX] if last[1:] else last.upper())
    if pieces[2:]:
        words.update(_needed_initials("".join(piece[0] for piece in pieces)))
    return frozenset(words)


def _initial_terms(letters: str) -> list[str]:
    signs = letters.upper()
    return [*signs, *_grams(signs, 2), *_grams(signs, 3)]


def _needed_initials(letters: str) -> list[str]:
    """The longest grams that cover the letters: they imply the shorter ones."""
    size = min(3, len(letters))
    return _grams(letters.upper(), size)


def _grams(run: str, size: int) -> list[str]:
    return [run[at : at + size] for at in range(len(run) - size + 1)]


@lru_cache(maxsize=4096)
def _beginnings(word: str) -> tuple[str, ...]:
    return tuple(word[:length] for length in range(1, min(len(word), _MAX_PREFIX) + 1))
