"""/help/<shop>/…: what shoppers read; /settings/articles/…: where it is written."""

from django.urls import include, path, register_converter

from faq.views import house, manage, pictures, public, robots, theming, votes


class Language:
    """ "fr", "pt-br": never a word such as "orders" that other public pages begin with."""

    regex = "[a-z]{2}(?:-[a-z]{2,4})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Language, "language")

SHOP = "help/<slug:shop>/"
SPOKEN = SHOP + "<language:language>/"

urlpatterns = [
    path(SHOP, public.home, name="help-home"),
    path(SHOP + "search/", public.search_page, name="help-search"),
    path(SHOP + "sitemap.xml", robots.sitemap, name="help-sitemap"),
    path(SHOP + "theme.css", theming.theme, name="help-theme"),
    path(SHOP + "logo/", theming.logo, name="help-logo"),
    path(SHOP + "images/<uuid:uuid>/", theming.image, name="help-image"),
    path(SHOP + "products/<str:sku>/", public.product, name="help-product"),
    path(SHOP + "products/<str:sku>/qr.svg", theming.product_qr, name="help-product-qr"),
    path(SPOKEN, public.home, name="help-home-in"),
    path(SPOKEN + "search/", public.search_page, name="help-search-in"),
    path(SPOKEN + "suggest/", public.suggestions, name="help-suggest"),
    path(SPOKEN + "feed.xml", robots.feed, name="help-feed"),
    path(SPOKEN + "topics/<slug:topic>/", public.category, name="help-category"),
    path(SPOKEN + "products/<str:sku>/", public.product, name="help-product-in"),
    path(SPOKEN + "articles/<int:number>/", public.article, name="help-article-short"),
    path(SPOKEN + "articles/<int:number>/vote/", votes.vote, name="help-vote"),
    path(SPOKEN + "articles/<int:number>-<slug:slug>/", public.article, name="help-article"),
    path(
        "settings/articles/",
        include(
            [
                path("", manage.articles, name="articles"),
                path("new/", manage.new_article, name="article-new"),
                path("preview/", manage.preview, name="article-preview"),
                path("feedback/", house.feedback, name="article-feedback"),
                path("searches/", house.searches, name="article-searches"),
                path("links/", house.links, name="article-links"),
                path("links/check/", house.check_links, name="article-links-check"),
                path("synonyms/", house.synonyms, name="article-synonyms"),
                path("furnish/", house.furnish_shop, name="article-furnish"),
                path("images/", pictures.add, name="article-image"),
                path("banners/", house.banners, name="banners"),
                path("banners/<int:pk>/withdraw/", house.withdraw_banner, name="banner-withdraw"),
                path("theme/", house.theme, name="help-centre-theme"),
                path("<int:pk>/file/", manage.file_article, name="article-file"),
                path("<int:pk>/delete/", manage.delete_article, name="article-delete"),
                path("<int:pk>/<language:language>/", manage.edit_article, name="article-edit"),
                path("<int:pk>/<language:language>/publish/", manage.publish, name="article-publish"),
                path("<int:pk>/<language:language>/withdraw/", manage.withdraw, name="article-withdraw"),
                path("<int:pk>/<language:language>/versions/", manage.versions, name="article-versions"),
                path("<int:pk>/<language:language>/restore/", manage.restore, name="article-restore"),
            ]
        ),
    ),
]
