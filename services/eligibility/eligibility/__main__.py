from eligibility.main import SERVICE

SERVICE.main()
