"""Before the purchase, orders and payment, in English."""

from tickets.demo.story import Story, answers, notes, says
from tickets.states import State

STORIES = (
    Story(
        "en",
        "abroad",
        "care",
        status="",
        subjects=("Do you ship to the UK?", "Delivery to the Netherlands", "Customs charges?"),
        openings=(
            "Hello, do you deliver the {product} to {city}, and how much would it be?",
            "Hi, after a nasty surprise with another shop I'd like to know: are duties included in the price of the "
            "{product}?",
            "Good evening, can you ship the {product} to two different addresses in one order?",
        ),
        turns=(
            answers(
                "Yes, we do! Delivery is €14.90 and takes five to seven working days. Duties and taxes are shown and "
                "paid at "
                "checkout, so there is nothing to pay at the door."
            ),
            says("That's clear, thank you. Ordering now."),
        ),
    ),
    Story(
        "en",
        "availability",
        "care",
        status="",
        subjects=("Back in stock?", "{product}: when is it available again?"),
        openings=(
            "Hello, the {product} has been sold out for a month. Will it come back, or has it been discontinued?",
            "Hi, I need four of the {product} but only one is shown as available. Are more on their way?",
        ),
        turns=(
            notes("Workshop confirms: 40 pieces on {eta}."),
            answers(
                "It's coming back on {eta}. I've added you to the list, so you'll get a note an hour before everyone "
                "else. Would you "
                "like me to keep some aside?"
            ),
            says("Yes please! You're a star."),
            answers("They're set aside under your name until the following evening."),
        ),
    ),
    Story(
        "en",
        "promo-refused",
        "care",
        status="",
        subjects=("Discount code rejected", "Voucher not working"),
        openings=(
            'Hello, the welcome code you sent me is rejected at checkout: "not valid in your country". I\'m in {city}. Is that '
            "right?",
            "Hi, the 10% voucher disappears from my basket as soon as I add the {product}.",
        ),
        turns=(
            answers(
                "That's a mistake on our side: the code was limited to France. Here is one that works wherever you "
                "are: {code}. Valid for "
                "thirty days."
            ),
            says("Worked like a charm, thanks."),
        ),
    ),
    Story(
        "en",
        "invoice",
        "orders",
        subjects=("VAT invoice for {order}", "Invoice request"),
        openings=(
            "Hello, could I have a proper VAT invoice for order {order}, made out to my company? We're based in "
            "{city}.",
            "Hi, I can't find where to download the invoice for the {product}. Could you e-mail it?",
        ),
        turns=(
            answers(
                'Here it is, attached. You\'ll also find every invoice in your account under "My orders", where you can add a '
                "company name and VAT number yourself."
            ),
            says("Received, much appreciated."),
        ),
    ),
    Story(
        "en",
        "wrong-address",
        "orders",
        status="processing",
        subjects=("Wrong postcode on my order", "Change of delivery address"),
        openings=(
            "Hello, autocorrect changed my postcode on {order} and I only noticed in the confirmation. Can you fix "
            "it before it ships?",
            "Hi, we're moving house next week. Could the {product} go to our new place in {city} instead?",
        ),
        turns=(
            answers(
                "Just in time, it hadn't been packed yet. The address is corrected, and a new confirmation is on its "
                "way to you."
            ),
            says("Phew. Thank you!"),
        ),
    ),
    Story(
        "en",
        "order-change",
        "orders",
        status="processing",
        subjects=("Cancel my order please", "Add to order {order}"),
        openings=(
            "Hello, I ordered the {product} twice by mistake (slow train Wi-Fi). Could you cancel one of them?",
            "Hi, is it too late to add gift wrapping and a short message to {order}?",
        ),
        turns=(
            answers(
                "No problem at all, that's done. You'll see the change in the confirmation that has just been sent, "
                "and any "
                "difference goes back to your card today."
            ),
            says("Super quick, thanks!"),
        ),
    ),
    Story(
        "en",
        "payment-error",
        "orders",
        status="",
        subjects=("Card declined", "Charged but no confirmation"),
        openings=(
            "Hello, my card is declined every time I try to buy the {product}. The bank says the request never "
            "reached them.",
            "Hi, I can see {price} pending on my account but never got an order confirmation. Did it go through?",
        ),
        turns=(
            answers(
                "I've checked: the payment didn't complete, and the pending amount is only an authorisation that "
                "will vanish within two days. "
                "I've kept your basket; would you like a direct payment link?",
                then=State.PENDING,
            ),
            says("Yes please."),
            answers("It's in your account now, and the item is reserved for you until tomorrow evening."),
            says("All paid. Thanks for your help."),
        ),
    ),
    Story(
        "en",
        "technical",
        "care",
        goods="lamp",
        status="",
        subjects=("UK plug?", "Which bulb for the {product}?"),
        openings=(
            "Hello, does the {product} come with a UK plug, or will I need an adaptor?",
            "Hi, what's the maximum wattage for the {product}, and can it be used with a smart bulb?",
        ),
        turns=(
            answers(
                "Good question. It comes with the plug of the country we ship to. The socket is an E27, 8 W at most, "
                "and "
                "smart bulbs work fine as long as they are no taller than 12 cm."
            ),
            says("Exactly what I needed to know."),
        ),
    ),
    Story(
        "en",
        "quote",
        "care",
        status="",
        tags=("pro",),
        subjects=("Trade discount?", "Quote for a guesthouse"),
        openings=(
            "Hello,\n\nWe run a small guesthouse near {city} and would like a dozen of the {product}. Do you offer "
            "trade prices?",
            "Hi, I'm an interior designer and would love to specify the {product} for a client. Is there a trade "
            "programme?",
        ),
        turns=(
            answers(
                "What a lovely project. From eight pieces we give 15% off and free delivery. The quote is attached "
                "and valid for a month. "
                "When would you need them?",
                then=State.PENDING,
            ),
            says("Early spring. I'll confirm numbers next week."),
            answers("Wonderful. I'll keep the quantities reserved for you until the quote runs out."),
        ),
    ),
    Story(
        "en",
        "product-advice",
        "care",
        status="",
        subjects=("Gift idea needed", "Which one would you choose?"),
        openings=(
            "Hello, I need a housewarming gift for a very picky sister. Would the {product} be a safe choice?",
            "Hi, torn between the {product} and something smaller for a dark bedroom. What would you do?",
        ),
        turns=(
            answers(
                "If it were my sister, I'd go for the {product}: it goes with almost everything, and it can be "
                "exchanged for thirty "
                "days. For a dark room, warm sand tones work wonders."
            ),
            says("Sold. Thank you!"),
        ),
    ),
    Story(
        "en",
        "account",
        "care",
        status="",
        subjects=("Can't log in", "Please remove me from your list"),
        openings=(
            "Hello, the password reset e-mail never arrives. I've checked my junk folder twice.",
            "Hi, could you please delete my account and everything in it? I'm tidying up my digital life.",
        ),
        turns=(
            answers(
                "That's done, with immediate effect, and this message is your written confirmation. If anything "
                "still looks odd "
                "tomorrow, just reply here: it comes straight back to me."
            ),
            says("Thank you, that was painless."),
        ),
    ),
)
